// What each dependency is asked under: how long, how often, in whose favour. One decorator a port; a port that is asked
// through here is the same port. The numbers are explained in docs/design/resilience.md.
import { retryAfterSeconds } from '../admission/priority.ts'
import type { AuditLog } from '../application/audit-ports.ts'
import type { BallotPages } from '../application/ballot-pages.ts'
import type { AnswerStore } from '../application/first-answer-ports.ts'
import type { InviteBook } from '../application/invite-book.ts'
import type { KeyBook } from '../application/key-ports.ts'
import type { OwnedPoll } from '../application/own-poll.ts'
import type {
  BallotBoxes,
  BallotReader,
  BallotRecords,
  ChallengeVerifier,
  KeyRing,
  PollBook,
  PollReader,
  Scoreboards,
  UsageReader,
  Workspaces,
} from '../application/ports.ts'
import type { RollupReader } from '../application/rollups.ts'
import { directoryName } from '../archive/databases.ts'
import type { LogPosition } from '../archive/log-position.ts'
import type { KeyValueStore } from '../cache/kv-tier.ts'
import { shardOf } from '../domain/voter/voter-keys.ts'
import { refuse } from '../kernel/result.ts'
import type { BallotWindows } from './ballot-windows.ts'
import { type Footing, type Guard, guard, shedReporter } from './guard.ts'

/** The guards of an edge isolate, one a dependency. */
export interface Guards {
  readonly boxes: Guard
  readonly boards: Guard
  /** Of the directory, which is the only database where there is one. */
  readonly postgres: Guard
  /** Each database has its own: one in trouble must not cost the others their turn. */
  readonly postgresOf: (database: string) => Guard
  /** Whether all of them have enough to do: before a key is read nobody knows which one it would be. */
  readonly everyPostgres: Pick<Guard, 'full'>
  readonly kv: Guard
  readonly challenges: Guard
}

export const guardsOf = (footing: Footing, databases: readonly string[] = [directoryName]): Guards => ({
  ...guardsOfDatabases(footing, databases),
  // Floors are high where one object in trouble must not cost the others their turn.
  boxes: guard('a ballot box', { least: 64, initial: 1_024, most: 4_096, slowMs: 3_000 }, footing),
  boards: guard('the scoreboard', { least: 32, initial: 256, most: 2_048, slowMs: 2_000 }, footing),
  challenges: guard('the challenge', { least: 16, initial: 128, most: 512, slowMs: 2_000 }, footing),
  kv: guard('kv', { least: 16, initial: 128, most: 512, slowMs: 200 }, footing),
})

const guardsOfDatabases = (footing: Footing, names: readonly string[]) => {
  const guards = new Map(names.map((name) => [name, postgresGuard(footing)]))
  const postgresOf = (name: string): Guard => {
    const known = guards.get(name)
    if (known === undefined) throw new Error(`there is no guard of a database ${name}`)
    return known
  }
  const everyPostgres: Guards['everyPostgres'] = {
    full: (priority, plan) => [...guards.values()].every((each) => each.full(priority, plan)),
  }
  return { postgres: postgresOf(directoryName), postgresOf, everyPostgres }
}

export const postgresGuard = (footing: Footing): Guard =>
  guard('postgres', { least: 8, initial: 32, most: 128, slowMs: 1_000 }, footing)

/** No poll takes more than half of what an isolate may have on its way to boxes: one whose boxes stall must not keep the
 *  others' voters out. A ballot is asked for once: whoever sent it knows its keys and repeats it. Its end is the request's own; without a
 *  timer, because this is the path that everybody takes at once. */
export const protectBallotBoxes = (
  boxes: BallotBoxes,
  guard: Guard,
  windows: BallotWindows,
  { clock, random, report, shedding }: Footing,
): BallotBoxes => {
  const shed = shedReporter('a ballot box', clock, report)
  const busy = () => {
    shed('ballots')
    return refuse({
      reason: 'overloaded' as const,
      retryAfterSeconds: retryAfterSeconds('ballots', random.fraction()),
    })
  }
  const reading = { priority: 'live-reads', ownMs: 3_000, repeatable: true } as const
  const exporting = { priority: 'exports', ownMs: 5_000, repeatable: true } as const
  const objectOf = ({ pollId, shard }: { pollId: string; shard: number }) => `${pollId}:${shard}`
  return {
    async cast(definition, cast, signal, region) {
      const { id: pollId, shards } = definition.poll
      const shard = shardOf(cast.voterKey, shards)
      const place = guard.limit.enter(1)
      if (place === null) return busy()
      const permit = shedding ? windows.enter(pollId, shard, shards, guard.limit.bound / 2) : idle
      const attempt = permit && guard.breakerOf(objectOf({ pollId, shard })).enter()
      if (permit === null || attempt === null) {
        place.done('neutral')
        permit?.done('neutral')
        return busy()
      }
      const reply = await boxes.cast(definition, cast, signal, region)
      const said = reply.ok ? null : reply.refusal.reason
      place.done(said === 'outcome-unknown' ? 'badly' : 'well')
      permit.done(said === 'overloaded' || said === 'outcome-unknown' ? 'badly' : 'well')
      attempt.settle(said !== 'outcome-unknown')
      return said === 'overloaded' ? busy() : reply
    },
    find: (definition, keys, signal) => {
      const { id, shards } = definition.poll
      const object = objectOf({ pollId: id, shard: shardOf(keys.voterKey, shards) })
      return guard.ask({ ...reading, object }, signal, (hop) => boxes.find(definition, keys, hop))
    },
    erase: (definition, ballotId, signal) =>
      guard.ask({ ...reading, priority: 'close', object: definition.poll.id }, signal, (hop) =>
        boxes.erase(definition, ballotId, hop),
      ),
    held: (address, voter, signal) =>
      guard.ask({ ...exporting, object: objectOf(address) }, signal, (hop) =>
        boxes.held(address, voter, hop),
      ),
    prove: (definition, ballotId, signal) =>
      guard.ask({ ...reading, object: definition.poll.id }, signal, (hop) =>
        boxes.prove(definition, ballotId, hop),
      ),
    log: (address, after, limit, signal) =>
      guard.ask({ ...reading, object: objectOf(address) }, signal, (hop) =>
        boxes.log(address, after, limit, hop),
      ),
    checkpoint: (address, signal) =>
      guard.ask({ ...reading, object: objectOf(address) }, signal, (hop) => boxes.checkpoint(address, hop)),
    standing: (address, signal) =>
      guard.ask({ ...exporting, object: objectOf(address) }, signal, (hop) => boxes.standing(address, hop)),
    audit: (address, signal) =>
      guard.ask({ ...exporting, object: objectOf(address) }, signal, (hop) => boxes.audit(address, hop)),
    resend: (address, seq, signal) =>
      guard.ask({ ...exporting, object: objectOf(address) }, signal, (hop) =>
        boxes.resend(address, seq, hop),
      ),
    confirm: boxes.confirm,
  }
}

const idle = { done: () => {} }

/** What a scoreboard answers from memory has three seconds; what it does has as long as it may take by itself. */
export const protectBoards = (boards: Scoreboards & PollBook, guard: Guard): Scoreboards & PollBook => {
  const doing = { ownMs: 8_000, repeatable: false } as const
  return {
    // Asked for a ballot too, by an isolate that has not seen the poll.
    find: (pollId, signal) =>
      guard.ask({ priority: 'ballots', ownMs: 3_000, repeatable: true, object: pollId }, signal, (hop) =>
        boards.find(pollId, hop),
      ),
    snapshot: (pollId, signal) =>
      guard.ask({ priority: 'live-reads', ownMs: 3_000, repeatable: true, object: pollId }, signal, (hop) =>
        boards.snapshot(pollId, hop),
      ),
    create: (definition, fingerprint, signal) =>
      guard.ask({ ...doing, priority: 'owner-writes', object: definition.poll.id }, signal, (hop) =>
        boards.create(definition, fingerprint, hop),
      ),
    change: (pollId, change, signal) =>
      guard.ask({ ...doing, priority: 'owner-writes', object: pollId }, signal, (hop) =>
        boards.change(pollId, change, hop),
      ),
    close: (pollId, signal) =>
      guard.ask({ ...doing, priority: 'close', object: pollId }, signal, (hop) => boards.close(pollId, hop)),
    remove: (pollId, signal) =>
      guard.ask({ ...doing, priority: 'close', object: pollId }, signal, (hop) => boards.remove(pollId, hop)),
    retire: (pollId, closedBefore, signal) =>
      guard.ask({ ...doing, priority: 'exports', object: pollId }, signal, (hop) =>
        boards.retire(pollId, closedBefore, hop),
      ),
    issueInvites: (pollId, count, signal) =>
      guard.ask({ ...doing, priority: 'owner-writes', object: pollId }, signal, (hop) =>
        boards.issueInvites(pollId, count, hop),
      ),
  }
}

/** Whose key it is decides what class a request is of: it must be known first, so it goes with the highest of them. */
export const protectKeyRing = (ring: KeyRing, guard: Guard): KeyRing => ({
  find: (keyId, signal) =>
    guard.ask({ priority: 'close', ownMs: 4_000, repeatable: true }, signal, (hop) => ring.find(keyId, hop)),
})

/** A revocation goes with what is turned away last. */
export const protectKeyBook = (book: KeyBook, guard: Guard): KeyBook => {
  const reading = { priority: 'lists', ownMs: 4_000, repeatable: true } as const
  const writing = { priority: 'owner-writes', ownMs: 5_000, repeatable: false } as const
  return {
    add: (key, entry, signal) => guard.ask(writing, signal, (hop) => book.add(key, entry, hop)),
    find: (reach, keyId, signal) =>
      guard.ask({ ...reading, priority: 'close' }, signal, (hop) => book.find(reach, keyId, hop)),
    list: (order, signal) => guard.ask(reading, signal, (hop) => book.list(order, hop)),
    rename: (reach, keyId, name, entry, signal) =>
      guard.ask(writing, signal, (hop) => book.rename(reach, keyId, name, entry, hop)),
    rotate: (reach, keyId, change, entry, signal) =>
      guard.ask(writing, signal, (hop) => book.rotate(reach, keyId, change, entry, hop)),
    revoke: (reach, keyId, change, entry, signal) =>
      guard.ask({ ...writing, priority: 'close' }, signal, (hop) =>
        book.revoke(reach, keyId, change, entry, hop),
      ),
    touch: (keyId, at, signal) =>
      guard.ask({ ...reading, repeatable: false }, signal, (hop) => book.touch(keyId, at, hop)),
  }
}

export const protectAuditLog = (log: AuditLog, guard: Guard): AuditLog => ({
  add: (entry, signal) =>
    guard.ask({ priority: 'close', ownMs: 5_000, repeatable: false }, signal, (hop) => log.add(entry, hop)),
  list: (order, signal) =>
    guard.ask(
      { priority: 'lists', ownMs: 5_000, repeatable: true, object: `audit:${order.workspaceId}` },
      signal,
      (hop) => log.list(order, hop),
    ),
})

export const protectAnswerStore = (store: AnswerStore, guard: Guard): AnswerStore => {
  const terms = { priority: 'close', ownMs: 3_000, repeatable: false } as const
  return {
    claim: (claim, signal) => guard.ask(terms, signal, (hop) => store.claim(claim, hop)),
    keep: (claim, sealed, signal) => guard.ask(terms, signal, (hop) => store.keep(claim, sealed, hop)),
    release: (claim, signal) => guard.ask(terms, signal, (hop) => store.release(claim, hop)),
  }
}

/** What takes long because a workspace or a poll is large fails for it alone: a breaker of its own keeps others' keys,
 *  lists and exports out of it. */
export const protectPollReader = (reader: PollReader, guard: Guard): PollReader => ({
  list: (order, signal) =>
    guard.ask(
      { priority: 'lists', ownMs: 5_000, repeatable: true, object: `lists:${order.workspaceId}` },
      signal,
      (hop) => reader.list(order, hop),
    ),
})

export const protectBallotReader = (reader: BallotReader, guard: Guard): BallotReader => {
  const exporting = { priority: 'exports', ownMs: 8_000, repeatable: true } as const
  const of = (pollId: string) => ({ ...exporting, object: `exports:${pollId}` })
  return {
    audit: (pollId, signal) => guard.ask(of(pollId), signal, (hop) => reader.audit(pollId, hop)),
    pollIds: (after, limit, signal) =>
      guard.ask(of('all'), signal, (hop) => reader.pollIds(after, limit, hop)),
  }
}

export const protectBallotPages = (pages: BallotPages, guard: Guard): BallotPages => {
  const listing = ({ id }: OwnedPoll) =>
    ({ priority: 'lists', ownMs: 5_000, repeatable: true, object: `ballots:${id}` }) as const
  return {
    list: (poll, order, signal) => guard.ask(listing(poll), signal, (hop) => pages.list(poll, order, hop)),
    find: (poll, id, signal) => guard.ask(listing(poll), signal, (hop) => pages.find(poll, id, hop)),
    texts: (poll, order, signal) => guard.ask(listing(poll), signal, (hop) => pages.texts(poll, order, hop)),
    lines: (poll, order, signal) =>
      guard.ask(
        { priority: 'exports', ownMs: 8_000, repeatable: true, object: `exports:${poll.id}` },
        signal,
        (hop) => pages.lines(poll, order, hop),
      ),
  }
}

export const protectRollupReader = (reader: RollupReader, guard: Guard): RollupReader => {
  const of = ({ id }: OwnedPoll) =>
    ({ priority: 'lists', ownMs: 5_000, repeatable: true, object: `rollups:${id}` }) as const
  return {
    timeline: (poll, order, signal) =>
      guard.ask(of(poll), signal, (hop) => reader.timeline(poll, order, hop)),
    crossTab: (poll, signal) => guard.ask(of(poll), signal, (hop) => reader.crossTab(poll, hop)),
  }
}

/** What is written down beside an answer is not repeated: whoever issued invites waits no longer. */
export const protectInviteBook = (book: InviteBook, guard: Guard): InviteBook => {
  const of = ({ id }: OwnedPoll, priority: 'lists' | 'owner-writes') =>
    ({ priority, ownMs: 8_000, repeatable: priority === 'lists', object: `invites:${id}` }) as const
  return {
    record: (poll, batch, signal) =>
      guard.ask(of(poll, 'owner-writes'), signal, (hop) => book.record(poll, batch, hop)),
    revoke: (poll, invite, signal) =>
      guard.ask(of(poll, 'owner-writes'), signal, (hop) => book.revoke(poll, invite, hop)),
    list: (poll, order, signal) => guard.ask(of(poll, 'lists'), signal, (hop) => book.list(poll, order, hop)),
  }
}

export const protectUsageReader = (reader: UsageReader, guard: Guard): UsageReader => ({
  stored: (workspaceId, signal) =>
    guard.ask(
      { priority: 'lists', ownMs: 4_000, repeatable: true, object: `usage:${workspaceId}` },
      signal,
      (hop) => reader.stored(workspaceId, hop),
    ),
  // Whoever makes a poll waits for this half a second, and makes it all the same.
  polls: (workspaceId, most, signal) =>
    guard.ask({ priority: 'owner-writes', ownMs: 4_000, repeatable: false }, signal, (hop) =>
      reader.polls(workspaceId, most, hop),
    ),
})

/** Making one twice makes two; changing it twice is changing it once. */
export const protectWorkspaces = (workspaces: Workspaces, guard: Guard): Workspaces => ({
  create: (workspace, key, signal) =>
    guard.ask({ priority: 'close', ownMs: 5_000, repeatable: false }, signal, (hop) =>
      workspaces.create(workspace, key, hop),
    ),
  find: (workspaceId, signal) =>
    guard.ask({ priority: 'lists', ownMs: 4_000, repeatable: true }, signal, (hop) =>
      workspaces.find(workspaceId, hop),
    ),
  change: (workspaceId, change, signal) =>
    guard.ask({ priority: 'owner-writes', ownMs: 5_000, repeatable: true }, signal, (hop) =>
      workspaces.change(workspaceId, change, hop),
    ),
})

/** What it says is beside the answer to what is done already: nobody waits long for it. */
export const protectLogPosition = ({ now }: LogPosition, guard: Guard): LogPosition => ({
  now: (signal) =>
    guard.ask({ priority: 'close', ownMs: 500, repeatable: false, object: 'position' }, signal, now),
})

/** A challenge is good once, so that asking twice about it would refuse who passed. Without an answer nobody is let in. */
export const protectChallenges = (challenges: ChallengeVerifier, guard: Guard): ChallengeVerifier => ({
  passed: (token, address, signal) =>
    guard.ask({ priority: 'ballots', ownMs: 4_000, repeatable: false }, signal, (hop) =>
      challenges.passed(token, address, hop),
    ),
})

/** The queue repeats what fails. While the breaker is open a batch is put off at once, instead of waiting 20 s each. */
export const protectBallotRecords = (records: BallotRecords, guard: Guard): BallotRecords => ({
  store: (messages, signal) =>
    guard.ask({ priority: 'ballots', ownMs: 20_000, repeatable: false }, signal, (hop) =>
      records.store(messages, hop),
    ),
})

/** A memory that is slow is no memory: what it does not say at once the scoreboard is asked. */
export const protectKeyValues = (store: KeyValueStore, guard: Guard): KeyValueStore => {
  const reading = { priority: 'ballots', ownMs: 500, repeatable: false } as const
  const writing = { ...reading, ownMs: 5_000 }
  const always = new AbortController().signal
  return {
    get: (key, options) => guard.ask(reading, always, () => store.get(key, options)),
    put: (key, value, options) => guard.ask(writing, always, () => store.put(key, value, options)),
    delete: (key) => guard.ask(writing, always, () => store.delete(key)),
  }
}
