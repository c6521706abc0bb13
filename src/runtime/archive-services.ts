// The archive Worker: who plays which part.
import { archiveBallots } from '../application/archive-ballots.ts'
import { auditPoll } from '../application/audit-poll.ts'
import { deliverEvent } from '../application/deliver-event.ts'
import { forgetAged } from '../application/forget-aged.ts'
import { retirePolls } from '../application/retire-polls.ts'
import type { OverdueDeliveries } from '../application/webhook-ports.ts'
import { answerStore } from '../archive/answer-store.ts'
import { ArchiveRejected } from '../archive/archive-error.ts'
import { ballotReader } from '../archive/ballot-reader.ts'
import { ballotRecords } from '../archive/ballot-records.ts'
import { openDatabases, perDatabase, statementMs } from '../archive/databases.ts'
import { deadLetters } from '../archive/dead-letters.ts'
import { deliveryRecords } from '../archive/delivery-records.ts'
import { pollPlaces } from '../archive/poll-places.ts'
import { pollRecords } from '../archive/poll-records.ts'
import { rollupRecords } from '../archive/rollup-records.ts'
import { routedDeadLetters, routedDeliveryRecords, routedPollRecords } from '../archive/routed.ts'
import { routedRetention } from '../archive/routed-retention.ts'
import { type BoxNamespace, ballotBoxes } from '../ballot-box/client.ts'
import { judgeHost } from '../delivery/resolve.ts'
import { webhookSecrets } from '../delivery/secret.ts'
import { sendEvent } from '../delivery/send.ts'
import { systemClock as clock } from '../kernel/clock.ts'
import { systemRandom as random } from '../kernel/random.ts'
import { type BoardNamespace, scoreboards } from '../scoreboard/client.ts'
import type { MeterNamespace } from '../telemetry/meter/client.ts'
import { jsonLog } from '../telemetry/sinks/json-log.ts'
import { archivePace } from './archive-pace.ts'
import { archiveConfig } from './config.ts'
import { ownersOf } from './owners-of.ts'
import { askWriter, type Writer } from './placed-writer.ts'
import { postgresGuard, protectBallotRecords } from './protect.ts'
import { type ReminderQueue, remindThrough } from './remind-deliveries.ts'
import { telemetryOf } from './telemetry.ts'

interface ArchiveBindings<BoxId, BoardId, MeterId> {
  readonly BALLOT_BOX: BoxNamespace<BoxId>
  readonly SCOREBOARD: BoardNamespace<BoardId>
  readonly METER: MeterNamespace<MeterId>
  readonly DELIVERIES: ReminderQueue
  readonly WRITER: Writer
}

/** What an endpoint has for its answer, as Standard Webhooks asks: 15 to 30 s. */
const attemptMs = 15_000

export const archiveServices = <BoxId, BoardId, MeterId>(
  env: ArchiveBindings<BoxId, BoardId, MeterId>,
  waitUntil: (work: Promise<unknown>) => void,
) => {
  const config = archiveConfig(env)
  const { report, flush } = telemetryOf({
    service: 'archive',
    meter: env.METER,
    config,
    sinks: [jsonLog('archive', config.LOG_LEVEL)],
    clock,
    random,
    waitUntil,
    lingers: false,
  })
  const databases = openDatabases(config.databases, { statementMs: statementMs.archive, report, clock })
  // What reads or writes a poll whole.
  const slow = openDatabases(config.databases, { statementMs: statementMs.whole, report, clock })
  const boxes = ballotBoxes(env.BALLOT_BOX, clock)
  const boards = scoreboards(env.SCOREBOARD, clock)
  const remind = remindThrough({ queue: env.DELIVERIES, clock, report, waitUntil })
  // The platform's own fetch, which is not a method of ours.
  const outward: typeof fetch = (...request) => fetch(...request)
  const unguarded = config.EDGEPOLL_TEST_WEBHOOKS === '1'
  const retention = routedRetention(slow)
  const readers = perDatabase(slow, (database) => ({
    ballotReader: ballotReader(database),
    rollupRecords: rollupRecords(database),
  }))
  const written = perDatabase(databases, (database) => {
    // Nothing is shed here: what the queue gives is paced instead.
    const postgres = postgresGuard({ clock, random, report, shedding: false })
    const records = protectBallotRecords(ballotRecords(database, remind), postgres)
    return archiveBallots({ ballotRecords: records, ballotBoxes: boxes, clock, report })
  })
  const writers = new Map(databases.each.map(({ name }, at) => [name, written.each[at]]))
  const lanes = perDatabase(databases, ({ name }) => ({
    archiveBallots: askWriter(env.WRITER, name),
    pace: archivePace(report),
  }))
  const deliveries = perDatabase(databases, deliveryRecords)
  const records = routedDeliveryRecords(deliveries.of)
  const letters = perDatabase(databases, deadLetters)
  return {
    answers: perDatabase(databases, answerStore).each,
    auditPoll: auditPoll({ pollBook: boards, ballotBoxes: boxes, recordsOf: readers.of }),
    ballotReaders: readers.each.map(({ ballotReader }) => ballotReader),
    deadLetters: routedDeadLetters(letters.of, letters.directory, letters.each),
    deliverEvent: deliverEvent({
      deliveryRecords: records,
      sendEvent: sendEvent({
        secretOf: webhookSecrets(config.WEBHOOK_KEY),
        judge: unguarded ? null : judgeHost({ url: config.DNS_URL, fetch: outward }),
        fetch: outward,
        clock,
        timeoutMs: attemptMs,
      }),
      remind,
      clock,
      random,
      report,
    }),
    /** In each database what nobody was reminded of. */
    overdueDeliveries: deliveries.each.map(({ overdue }): OverdueDeliveries => ({ overdue })),
    directoryLane: lanes.directory,
    forgetAged: forgetAged({ retentionRecords: retention, clock, report }),
    laneOf: lanes.of,
    ownersOf: databases.each.length === 1 ? null : ownersOf(perDatabase(databases, pollPlaces).each),
    remind,
    pollRecords: routedPollRecords(perDatabase(slow, (database) => pollRecords(database, remind)).of),
    retirePolls: retirePolls({ retentionRecords: retention, scoreboards: boards, clock, report }),
    /** What stores ballots in the database of that name, here. */
    writerOf: (name: string) => {
      const writer = writers.get(name)
      if (writer === undefined) throw new Error(`there is no database ${name}`)
      return writer
    },
    /** Whether trying again could ever help: Postgres was away, rather than said no. */
    worthRetrying: (error: unknown) => !(error instanceof ArchiveRejected),
    /** Tells what this batch came to, behind it. */
    tellMetrics: () => waitUntil(flush()),
    clock,
    random,
    report,
  }
}

export type ArchiveServices = ReturnType<typeof archiveServices>
