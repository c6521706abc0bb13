// Postgres as the archive's statements leave it, row by row: highest revisions win, erasing is a revision, tombstones
// stay. It can be away, slow, or break off after it has written.
import { isDeepStrictEqual } from 'node:util'
import type { DeadLetter, DeadLetters } from '../../../src/application/dead-letter-ports.ts'
import type {
  BallotReader,
  BallotRecords,
  PollDeath,
  PollRecord,
  PollRecords,
  ShardAudit,
} from '../../../src/application/ports.ts'
import type {
  DeliveryRecords,
  DueDelivery,
  OverdueDeliveries,
  Remind,
} from '../../../src/application/webhook-ports.ts'
import { answeredIn, type Overtaken, withoutOvertaken } from '../../../src/archive/clear-letters.ts'
import type { ArchivedBallot } from '../../../src/domain/ballot/ballot.ts'
import type { PollPhase } from '../../../src/domain/poll/poll.ts'
import { sha256 } from '../../../src/kernel/hash.ts'
import type { RowsOf } from '../ballot-pages.ts'
import { type WebhookTables, webhookTables } from '../webhook-tables.ts'
import type { Chance } from './chance.ts'
import type { Chaos } from './chaos.ts'
import { plainCopy } from './plain-copy.ts'
import { connectionTo, refusals } from './postgres-connection.ts'
import type { Schedule } from './schedule.ts'

export interface SimulatedPostgres {
  readonly ballotRecords: BallotRecords
  readonly pollRecords: PollRecords
  readonly ballotReader: BallotReader & { readonly page: RowsOf }
  readonly deadLetters: DeadLetters
  readonly deliveryRecords: DeliveryRecords & OverdueDeliveries
  readonly tables: Tables
}

/** What the tables hold, for those who look past the statements. */
export interface Tables {
  /** By poll; rows in the order they came, each with its own id where the statements are right. */
  readonly ballots: Map<string, ArchivedBallot[]>
  readonly polls: Map<string, PollRecord>
  readonly deletedPolls: Map<string, PollDeath>
  readonly deadLetters: Map<string, DeadLetter>
  readonly webhooks: WebhookTables
}

interface Terms {
  readonly schedule: Schedule
  readonly chance: Chance
  readonly chaos: Chaos
  /** Told when a message comes too late to change a row. */
  readonly overtaken?: (ballot: ArchivedBallot, row: ArchivedBallot) => void
  readonly dropped?: (pollId: string) => void
  /** Told what is due to webhooks, once a statement was answered. */
  readonly remind?: Remind
}

export const postgresOf = (terms: Terms): SimulatedPostgres => {
  const tables: Tables = {
    ballots: new Map(),
    polls: new Map(),
    deletedPolls: new Map(),
    deadLetters: new Map(),
    webhooks: webhookTables(),
  }
  const { remind = async () => {} } = terms
  const asked = connectionTo(terms)
  const refused = refusals(terms)
  const rowsOf = (pollId: string) => {
    const known = tables.ballots.get(pollId)
    if (known !== undefined) return known
    const rows: ArchivedBallot[] = []
    tables.ballots.set(pollId, rows)
    return rows
  }

  /** Ballots of this letter that have a later revision here. */
  const overtakenOf = (body: unknown): readonly Overtaken[] =>
    answeredIn(body).flatMap(({ poll_id, id, revision }) =>
      (tables.ballots.get(poll_id) ?? []).flatMap((row) =>
        row.id === id && row.revision > revision ? [{ poll_id, id, revision: row.revision }] : [],
      ),
    )

  const clear = (overtaken: readonly Overtaken[]) => {
    for (const letter of tables.deadLetters.values()) {
      const body = withoutOvertaken(letter.body, overtaken)
      if (body === null) tables.deadLetters.delete(letter.id)
      else tables.deadLetters.set(letter.id, { ...letter, body })
    }
  }

  const store = (
    pollId: string,
    workspaceId: string,
    ballots: readonly ArchivedBallot[],
  ): { readonly written: number; readonly due: readonly DueDelivery[] } => {
    if (tables.deletedPolls.has(pollId)) {
      terms.dropped?.(pollId)
      return { written: 0, due: [] }
    }
    const rows = rowsOf(pollId)
    const news: ArchivedBallot[] = []
    let written = 0
    for (const { highest, firstCastAt } of distinct(ballots)) {
      const at = rows.findIndex(({ id }) => id === highest.id)
      const row = rows[at]
      if (row === undefined)
        rows.push({ ...highest, castAt: highest.answers === null ? firstCastAt : highest.castAt })
      else if (row.revision < highest.revision)
        rows[at] = { ...highest, castAt: highest.answers === null ? row.castAt : highest.castAt }
      else {
        if (row.revision > highest.revision) terms.overtaken?.(highest, row)
        continue
      }
      if (highest.answers !== null) news.push(highest)
      written++
    }
    return { written, due: tables.webhooks.tellBallots(workspaceId, pollId, news, terms.schedule.now) }
  }

  return {
    tables,
    ballotRecords: {
      store: async (messages, signal) => {
        if (messages.every(({ ballots }) => ballots.length === 0)) return 0
        const workspaces = new Map(messages.map(({ pollId, workspaceId = '' }) => [pollId, workspaceId]))
        const { written, due } = await asked(signal, () => {
          const ballots = messages.flatMap(({ pollId, ballots }) =>
            ballots.map((ballot) => ({ pollId, ballot: plainCopy(ballot) })),
          )
          refused(ballots.map(({ ballot }) => ballot.id))
          const polls = [...new Set(ballots.map(({ pollId }) => pollId))].sort()
          clear(
            ballots.flatMap(({ pollId, ballot }) =>
              ballot.answers === null ? [{ ...ballot, poll_id: pollId }] : [],
            ),
          )
          const done = polls.map((poll) =>
            store(
              poll,
              workspaces.get(poll) ?? '',
              ballots.flatMap(({ pollId, ballot }) => (pollId === poll ? [stored(ballot)] : [])),
            ),
          )
          return {
            written: done.reduce((sum, each) => sum + each.written, 0),
            due: done.flatMap((each) => each.due),
          }
        })
        await remind(due)
        return written
      },
    },
    pollRecords: {
      record: async (poll, signal) => {
        const due = await asked(signal, () => {
          const known = tables.polls.get(poll.id)
          if (tables.deletedPolls.has(poll.id)) return []
          if (known !== undefined && !isLater(poll, known)) return []
          const opened = poll.opened === true || known?.opened === true
          tables.polls.set(poll.id, { ...plainCopy(poll), opened })
          const now = terms.schedule.now
          return [
            ...(opened && known?.opened !== true
              ? tables.webhooks.tellPoll(poll.workspaceId, poll.id, 'poll.opened', now)
              : []),
            ...(poll.phase === 'closed' && known?.phase !== 'closed'
              ? tables.webhooks.tellPoll(poll.workspaceId, poll.id, 'poll.closed', now)
              : []),
          ]
        })
        await remind(due)
      },
      remove: (death, signal) =>
        asked(signal, () => {
          if (!tables.deletedPolls.has(death.pollId)) tables.deletedPolls.set(death.pollId, death)
          tables.polls.delete(death.pollId)
          tables.ballots.delete(death.pollId)
          for (const { id, body } of tables.deadLetters.values())
            if (pollOf(body) === death.pollId) tables.deadLetters.delete(id)
        }),
    },
    ballotReader: {
      page: (pollId, after, limit, signal) =>
        asked(signal, () =>
          (tables.ballots.get(pollId) ?? [])
            .filter(({ id }) => after === null || id > after)
            .toSorted((one, other) => (one.id < other.id ? -1 : 1))
            .slice(0, limit)
            .map((row) => plainCopy(row)),
        ),
      audit: (pollId, signal) => asked(signal, () => auditOf(tables.ballots.get(pollId) ?? [])),
      pollIds: (after, limit, signal) =>
        asked(signal, () =>
          [...tables.polls.keys()]
            .filter((id) => after === null || id > after)
            .sort()
            .slice(0, limit),
        ),
    },
    deliveryRecords: {
      take: (due, plan, signal) =>
        asked(signal, () =>
          tables.webhooks.take(due, plan, (pollId) =>
            tables.deletedPolls.has(pollId)
              ? null
              : (tables.ballots.get(pollId) ?? []).filter(({ answers }) => answers !== null).length,
          ),
        ),
      settle: (taken, settlement, times, signal) =>
        asked(signal, () => tables.webhooks.settle(taken, settlement, times)),
      overdue: (order, signal) => asked(signal, () => tables.webhooks.overdue(order)),
    },
    deadLetters: {
      keep: (letters, signal) =>
        asked(signal, () => {
          for (const letter of letters) {
            const known = tables.deadLetters.get(letter.id)
            if (tables.deletedPolls.has(pollOf(letter.body))) continue
            if (known === undefined || known.diedAt <= letter.diedAt)
              tables.deadLetters.set(letter.id, plainCopy(letter))
            clear(overtakenOf(letter.body))
          }
        }),
      oldest: (limit, signal) =>
        asked(signal, () =>
          [...tables.deadLetters.values()]
            .toSorted((one, other) => one.diedAt - other.diedAt || (one.id < other.id ? -1 : 1))
            .slice(0, limit),
        ),
      remove: (ids, signal) =>
        asked(signal, () => {
          for (const id of ids) tables.deadLetters.delete(id)
        }),
    },
  }
}

const pollOf = (body: unknown): string => (body as { pollId?: string } | null)?.pollId ?? ''

/** jsonb keeps members by length and then bytewise, whatever order they came in; an erased ballot keeps nothing. */
const stored = (ballot: ArchivedBallot): ArchivedBallot =>
  ballot.answers === null
    ? { ...ballot, country: null, salt: null }
    : {
        ...ballot,
        answers: Object.fromEntries(
          Object.entries(ballot.answers).sort(
            ([one], [other]) => one.length - other.length || (one < other ? -1 : 1),
          ),
        ),
      }

/** `distinct on (poll_id, id) … order by revision desc`, and the earliest time of each ballot in the batch. */
const distinct = (ballots: readonly ArchivedBallot[]) => {
  const found = new Map<string, { highest: ArchivedBallot; firstCastAt: number }>()
  for (const ballot of ballots) {
    const known = found.get(ballot.id)
    found.set(ballot.id, {
      highest: known !== undefined && known.highest.revision >= ballot.revision ? known.highest : ballot,
      firstCastAt: Math.min(known?.firstCastAt ?? ballot.castAt, ballot.castAt),
    })
  }
  return found.values()
}

const phases: readonly PollPhase[] = ['draft', 'open', 'closing', 'closed']

const isLater = (poll: PollRecord, known: PollRecord): boolean => {
  const rank = ({ version, phase, archived, opened }: PollRecord) => [
    version,
    phases.indexOf(phase),
    archived ? 1 : 0,
    opened ? 1 : 0,
  ]
  const [one, other] = [rank(poll), rank(known)]
  const at = one.findIndex((value, place) => value !== other[place])
  return !isDeepStrictEqual(one, other) && (one[at] ?? 0) > (other[at] ?? 0)
}

const auditOf = (rows: readonly ArchivedBallot[]): readonly ShardAudit[] => {
  const shards = [...new Set(rows.map(({ shard }) => shard))].sort((one, other) => one - other)
  return shards.map((shard) => {
    const held = rows.filter((row) => row.shard === shard && row.answers !== null)
    const lines = held.map(({ id, revision }) => `${id}:${revision}`).sort()
    return { shard, ballots: held.length, digest: sha256(lines.join(',')) }
  })
}
