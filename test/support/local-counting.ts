// Boards, boxes, queue and archive wired together in one process, without workerd: what an edge needs to count. Time,
// alarms and deliveries pass when a test says so; what an object would do at once happens at once.
import type { BallotMessage } from '../../src/application/ballot-message.ts'
import type { DeadLetter } from '../../src/application/dead-letter-ports.ts'
import type { Event, Report } from '../../src/application/events.ts'
import type { BallotReader, PollDeath, ShardAudit } from '../../src/application/ports.ts'
import { Box } from '../../src/ballot-box/box.ts'
import { type BoxNamespace, ballotBoxes } from '../../src/ballot-box/client.ts'
import { type BallotBoxRpc, boxName } from '../../src/ballot-box/protocol.ts'
import { boxSettings } from '../../src/ballot-box/settings.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { sha256 } from '../../src/kernel/hash.ts'
import { Board } from '../../src/scoreboard/board.ts'
import { type BoardNamespace, scoreboards } from '../../src/scoreboard/client.ts'
import type { ScoreboardRpc } from '../../src/scoreboard/protocol.ts'
import type { RowsOf } from './ballot-pages.ts'
import { refuseTooLarge } from './queue-limits.ts'
import { type LocalRelays, localRelays } from './relays.ts'
import { type SqliteStorage, sqliteStorage } from './sqlite-storage.ts'
import { aTimeline, noon, settled, type Timeline } from './timeline.ts'

export interface LocalCounting {
  readonly time: Timeline
  readonly boxes: ReturnType<typeof ballotBoxes>
  readonly boards: ReturnType<typeof scoreboards>
  readonly relays: LocalRelays
  /** As bindings, for an edge that is put together by `edgeServices`. */
  readonly namespaces: { readonly boxes: BoxNamespace<string>; readonly boards: BoardNamespace<string> }
  readonly postgres: LocalPostgres
  /** An object as whoever calls it by RPC sees it. */
  object(to: 'box' | 'board', name: string): object
  readonly events: Event[]
  /** How often each method of an object was asked. */
  readonly asked: Record<string, number>
  /** Whether objects cannot be reached: every call of one throws, as the platform's do. */
  unreachable: boolean
  /** Lets everything that was counted be published: the next publication of every board. */
  published(): Promise<void>
  /** Rings every alarm that is set, and lets the archive work, until all is archived. */
  archived(): Promise<void>
}

/** What one part of the system said to another. */
export interface Said {
  /** An object by what it is, the archive's service, or the queue. */
  readonly to: 'box' | 'board' | 'relay' | 'archive' | 'queue'
  /** Which object; '' where there is one. */
  readonly name: string
  readonly method: string
  readonly args: readonly unknown[]
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Once it was answered. */
  reply?: unknown
}

/** `heard` is told of everything that crosses between Workers, as it crosses. */
export const localCounting = (
  heard: (said: Said) => void = () => undefined,
  startsAt = noon,
): LocalCounting => {
  const time = aTimeline(startsAt)
  const events: Event[] = []
  const report: Report = (event) => void events.push(event)
  const after = (delayMs: number, run: () => void) =>
    delayMs === 0 ? void setImmediate(run) : time.after(delayMs, run)
  const postgres = localPostgres()
  const queue: BallotMessage[] = []
  const objects = new Map<string, Woken>()

  const hear = (to: Said['to'], name: string, method: string, args: readonly unknown[]): Said => {
    const said: Said = { to, name, method, args: structuredClone(args), at: time.clock.now() }
    heard(said)
    return said
  }

  const object = <Rpc extends object>(
    kind: 'box' | 'board',
    name: string,
    make: (storage: SqliteStorage) => Rpc & Wakes,
  ): Rpc => {
    const key = `${kind} ${name}`
    let found = objects.get(key)
    if (found === undefined) {
      const storage = sqliteStorage()
      found = { storage, rpc: make(storage) }
      objects.set(key, found)
    }
    return remote(found.rpc as Rpc & Wakes, counting, (method, args) => hear(kind, name, method, args)) // made for this key, by this kind
  }

  const relays = localRelays({ time, report, board: (pollId) => board(pollId), hear })

  const box = (name: string): BallotBoxRpc =>
    object('box', name, (storage) => {
      const settings = { ...boxSettings, groupWaitMs: 0 }
      const abort = () => objects.delete(`box ${name}`)
      return new Box({
        storage,
        clock: time.clock,
        after,
        board: {
          join: (address) => board(address.pollId).join(address),
          report: (tally) => board(tally.pollId).report(tally),
        },
        send: async (messages) => {
          refuseTooLarge(messages)
          for (const message of messages) hear('queue', '', 'send', [message])
          queue.push(...structuredClone(messages))
        },
        abort,
        clear: async () => storage.clear(),
        report,
        settings,
      })
    })

  const board = (name: string): ScoreboardRpc =>
    object('board', name, (storage) => {
      return new Board({
        storage,
        clock: time.clock,
        after,
        boxes: {
          adopt: (address, definition) => box(boxName(address)).adopt(address, definition),
          hold: (address) => box(boxName(address)).hold(address),
          freeze: (address, definition) => box(boxName(address)).freeze(address, definition),
          firsts: (address, questionId, continuing) =>
            box(boxName(address)).firsts(address, questionId, continuing),
          destroy: (address) => box(boxName(address)).destroy(address),
        },
        records: {
          record: async (poll) => {
            hear('archive', '', 'recordPoll', [poll])
            postgres.polls.set(poll.id, poll)
          },
          remove: async (death) => {
            hear('archive', '', 'removePoll', [death])
            postgres.remove(death)
          },
        },
        viewers: relays.feeder(storage),
        shelf: { keep: async () => {}, drop: async () => {} },
        clear: async () => storage.clear(),
        report,
      })
    })

  const boxNamespace: BoxNamespace<string> = { idFromName: (name) => name, get: box }
  const boardNamespace: BoardNamespace<string> = { idFromName: (name) => name, get: board }
  const counting: LocalCounting = {
    time,
    boxes: ballotBoxes(boxNamespace, time.clock),
    boards: scoreboards(boardNamespace, time.clock),
    relays,
    object: (to, name) => (to === 'box' ? box(name) : board(name)),
    namespaces: { boxes: boxNamespace, boards: boardNamespace },
    postgres,
    events,
    asked: {},
    unreachable: false,
    async published() {
      // A report that was sent while another was under way follows it after 100 ms; a publication comes every 250 ms.
      for (let turn = 0; turn < 6; turn++) {
        await time.advance(100)
        await settled()
        await settled()
      }
    },
    async archived() {
      for (let round = 0; round < 20; round++) {
        for (const { storage, rpc } of objects.values()) {
          if (storage.alarm === null || storage.alarm > time.clock.now() + 60_000) continue
          await time.advance(Math.max(0, storage.alarm - time.clock.now()))
          storage.alarm = null
          await rpc.wake()
        }
        if (queue.length === 0) return
        for (const { pollId, shard, first, last, ballots } of queue.splice(0)) {
          postgres.store(pollId, ballots)
          await counting.boxes.confirm(pollId, shard, first, last)
        }
      }
    },
  }
  return counting
}

interface Wakes {
  wake(): Promise<void>
}

interface Woken {
  readonly storage: SqliteStorage
  readonly rpc: Wakes
}

/** A call as RPC carries it: arguments and answers are copies, and may not come at all. */
const remote = <Rpc extends object>(
  target: Rpc,
  counting: Pick<LocalCounting, 'asked' | 'unreachable'>,
  hear: (method: string, args: readonly unknown[]) => Said,
): Rpc =>
  new Proxy(target, {
    get: (of, name) => {
      const method: unknown = Reflect.get(of, name)
      if (typeof method !== 'function') return method
      return async (...values: unknown[]) => {
        await settled()
        counting.asked[String(name)] = (counting.asked[String(name)] ?? 0) + 1
        if (counting.unreachable) throw new Error('Durable Object is overloaded.')
        const said = hear(String(name), values)
        const answer: unknown = await Reflect.apply(method, of, structuredClone(values))
        said.reply = structuredClone(answer)
        return structuredClone(answer)
      }
    },
  })

export interface LocalPostgres extends BallotReader {
  readonly page: RowsOf
  readonly polls: Map<string, Poll>
  readonly deadLetters: DeadLetter[]
  store(pollId: string, ballots: readonly ArchivedBallot[]): void
  remove(death: PollDeath): void
}

/** Rows as the archive keeps them: one a ballot, its highest revision; held to the same by test/contracts. */
const localPostgres = (): LocalPostgres => {
  const rows = new Map<string, Map<string, ArchivedBallot>>()
  const rowsOf = (pollId: string) =>
    [...(rows.get(pollId)?.values() ?? [])].toSorted((one, other) => (one.id < other.id ? -1 : 1))
  const auditOf = (shard: number, ballots: readonly ArchivedBallot[]): ShardAudit => {
    const answered = ballots.filter(({ answers }) => answers !== null)
    const lines = answered.map(({ id, revision }) => `${id}:${revision}`).sort()
    return { shard, ballots: answered.length, digest: sha256(lines.join(',')) }
  }
  const polls = new Map<string, Poll>()
  return {
    polls,
    deadLetters: [],
    store(pollId, ballots) {
      const known = rows.get(pollId) ?? new Map<string, ArchivedBallot>()
      rows.set(pollId, known)
      for (const ballot of ballots)
        if (ballot.revision > (known.get(ballot.id)?.revision ?? 0)) known.set(ballot.id, ballot)
    },
    remove({ pollId }) {
      rows.delete(pollId)
      polls.delete(pollId)
    },
    page: async (pollId, after, limit) =>
      rowsOf(pollId)
        .filter(({ id }) => after === null || id > after)
        .slice(0, limit),
    audit: async (pollId) =>
      [...Map.groupBy(rowsOf(pollId), ({ shard }) => shard)].map(([shard, ballots]) =>
        auditOf(shard, ballots),
      ),
    pollIds: async (after, limit) =>
      [...polls.keys()]
        .toSorted()
        .filter((id) => after === null || id > after)
        .slice(0, limit),
  }
}
