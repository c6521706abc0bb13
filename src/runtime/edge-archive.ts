// The archive as edges use it: every repository over every database, each under its database's own guard, and over them
// the ports that know which one to ask.
import type { Report } from '../application/events.ts'
import type { UsageReader } from '../application/ports.ts'
import { readAsOfNow } from '../application/write-tokens.ts'
import { answerStore } from '../archive/answer-store.ts'
import { auditLog } from '../archive/audit-log.ts'
import { ballotPages } from '../archive/ballot-pages.ts'
import { ballotReader } from '../archive/ballot-reader.ts'
import { type DatabasesConfig, openDatabases, perDatabase, statementMs } from '../archive/databases.ts'
import { deadLetters } from '../archive/dead-letters.ts'
import { deliveryLog } from '../archive/delivery-log.ts'
import { postgresHealth } from '../archive/health.ts'
import { inviteBook } from '../archive/invite-book.ts'
import { keyBook } from '../archive/key-book.ts'
import { keyRing } from '../archive/key-ring.ts'
import { logPosition } from '../archive/log-position.ts'
import { pollReader } from '../archive/poll-reader.ts'
import { rollupReader } from '../archive/rollup-reader.ts'
import { rollupRecords } from '../archive/rollup-records.ts'
import {
  healthOfAll,
  pollIdsOf,
  routedAnswerStore,
  routedBallotPages,
  routedDeadLetters,
  routedDeliveryLog,
  routedInviteBook,
  routedPollReader,
  routedRollupReader,
  routedUsageReader,
  routedWebhookBook,
} from '../archive/routed.ts'
import { routedRetention } from '../archive/routed-retention.ts'
import { usageReader } from '../archive/usage-reader.ts'
import { webhookBook } from '../archive/webhook-book.ts'
import { workspaces } from '../archive/workspaces.ts'
import { writeTokens } from '../archive/write-token.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Guard } from './guard.ts'
import {
  protectAnswerStore,
  protectAuditLog,
  protectBallotPages,
  protectBallotReader,
  protectInviteBook,
  protectKeyBook,
  protectKeyRing,
  protectLogPosition,
  protectPollReader,
  protectRollupReader,
  protectUsageReader,
  protectWorkspaces,
} from './protect.ts'
import { protectDeliveryLog, protectWebhookBook } from './protect-webhooks.ts'

interface Needs {
  readonly config: DatabasesConfig
  /** The guard of a database. */
  readonly guardOf: (name: string) => Guard
  readonly report: Report
  readonly clock: Clock
}

export const edgeArchive = ({ config, guardOf, report, clock }: Needs) => {
  const told = { report, clock }
  const databases = openDatabases(config, { statementMs: statementMs.owners, ...told })
  // For what reads a poll whole, page by page or at once.
  const slow = openDatabases(config, { statementMs: statementMs.whole, ...told })
  const directoryGuard = guardOf(databases.directory.name)
  const { directory } = databases

  const parts = perDatabase(databases, (database) => {
    const guard = guardOf(database.name)
    const { record, revoke } = inviteBook(database)
    const { stored } = usageReader(database.reads)
    return {
      answers: protectAnswerStore(answerStore(database), guard),
      invites: protectInviteBook({ record, revoke, list: inviteBook(database.reads).list }, guard),
      deliveries: protectDeliveryLog(
        { list: deliveryLog(database.reads).list, redeliver: deliveryLog(database).redeliver },
        guard,
      ),
      position: protectLogPosition(logPosition(database), guard),
      polls: protectPollReader(pollReader(database.reads), guard),
      rollups: protectRollupReader(rollupReader(database.reads), guard),
      webhooks: protectWebhookBook(
        { ...webhookBook(database), list: webhookBook(database.reads).list },
        guard,
      ),
      usage: protectUsageReader({ stored, polls: usageReader(database).polls }, guard),
    }
  })
  // Of one name, in both.
  const quick = new Map(databases.each.map(({ name, reads }) => [name, ballotPages(reads)]))
  const whole = perDatabase(slow, (database) => {
    const guard = guardOf(database.name)
    const pages = ballotPages(database.reads)
    return {
      ballots: protectBallotPages({ ...pages, ...quick.get(database.name), lines: pages.lines }, guard),
      reader: protectBallotReader(ballotReader(database), guard),
      rollupRecords: rollupRecords(database),
    }
  })
  const letters = perDatabase(databases, deadLetters)
  const { add } = auditLog(directory)
  const tokens = writeTokens(
    databases,
    (workspaceId) => parts.of(workspaceId).position,
    parts.directory.position,
  )
  const usage = routedUsageReader((workspaceId) => parts.of(workspaceId).usage)

  return {
    actions: protectAuditLog({ add, list: auditLog(directory.reads).list }, directoryGuard),
    answers: routedAnswerStore((workspaceId) => parts.of(workspaceId).answers),
    ballots: routedBallotPages((workspaceId) => whole.of(workspaceId).ballots),
    deadLetters: routedDeadLetters(letters.of, letters.directory, letters.each),
    deliveries: routedDeliveryLog((workspaceId) => parts.of(workspaceId).deliveries),
    health: healthOfAll(databases.each.map(postgresHealth)),
    invites: routedInviteBook((workspaceId) => parts.of(workspaceId).invites),
    keyBook: protectKeyBook(keyBook(directory), directoryGuard),
    keyRing: protectKeyRing(keyRing(directory), directoryGuard),
    pollIds: pollIdsOf(whole.each.map(({ reader }) => reader)),
    polls: routedPollReader((workspaceId) => parts.of(workspaceId).polls),
    recordsOf: (workspaceId: string) => {
      const { reader, rollupRecords } = whole.of(workspaceId)
      return { ballotReader: reader, rollupRecords }
    },
    retention: routedRetention(slow),
    rollups: routedRollupReader((workspaceId) => parts.of(workspaceId).rollups),
    usage: {
      polls: usage.polls,
      // It is remembered for whoever asks next, who may have seen more than this reader has.
      stored: async (workspaceId, signal) => {
        await readAsOfNow(tokens, workspaceId, signal)
        return usage.stored(workspaceId, signal)
      },
    } satisfies UsageReader,
    workspaces: protectWorkspaces(workspaces(directory), directoryGuard),
    webhooks: routedWebhookBook((workspaceId) => parts.of(workspaceId).webhooks),
    writeTokens: tokens,
  }
}
