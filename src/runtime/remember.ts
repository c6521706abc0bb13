// What is remembered, where, for how long, and what stands in when it cannot be asked. One paragraph a kind of answer.
import type { Report } from '../application/events.ts'
import type {
  KeyRecord,
  KeyRing,
  PollBook,
  PollViews,
  Remembered,
  RememberedResults,
  Scoreboards,
  Snapshot,
  StoredUsage,
  UsageBook,
  UsageReader,
} from '../application/ports.ts'
import { type ColoCache, coloTier } from '../cache/colo-tier.ts'
import { entryOf, type Terms } from '../cache/entry.ts'
import { isolateTier } from '../cache/isolate-tier.ts'
import { type KeyValueStore, kvTier } from '../cache/kv-tier.ts'
import { readOnly } from '../cache/read-only.ts'
import type { Tier } from '../cache/tier.ts'
import { tiered } from '../cache/tiered.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import { type Poll, publicPoll, stageOf } from '../domain/poll/poll.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { Turns } from '../kernel/turns.ts'
import type { Shelf } from '../scoreboard/publisher.ts'

const second = 1_000
const minute = 60 * second
const day = 24 * 60 * minute
/** How long KV tells of a closed poll. Whoever changes it writes it anew; what is older is asked of the scoreboard. */
const season = 90 * day

export interface Around {
  readonly clock: Clock
  readonly random: Random
  readonly waitUntil: (work: Promise<unknown>) => void
  /** null where the platform has none. */
  readonly colo: ColoCache | null
  readonly kv: KeyValueStore
  readonly report: Report
}

/** Tells which tier answered, and that something stands in, that at most once a second a kind: readers come by the thousand. */
const noticing = ({ clock, report }: Around, what: 'poll' | 'results') => {
  let toldAt = Number.NEGATIVE_INFINITY
  return <Value>(found: Remembered<Value>): Remembered<Value> => {
    report({ type: 'remembered', what, tier: found.from, ageMs: found.ageMs })
    if (found.stale && clock.now() - toldAt >= second) {
      toldAt = clock.now()
      report({ type: 'stood-in', what, ageMs: found.ageMs })
    }
    return found
  }
}

/** What is known; that nothing is, is told by who looks further. */
const told = <Value>(
  found: Remembered<Value> | null,
  noticed: (found: Remembered<Value>) => Remembered<Value>,
): Remembered<Value> | null => found && noticed(found)

const common = ({ clock, random, waitUntil }: Around) => ({ clock, waitUntil, jitter: random.fraction })

/** Definitions carry the poll's secret: in this isolate only, at most 60 s, fresh and standing in together. */
export const rememberPolls = (
  book: PollBook,
  around: Around,
): PollBook & { forget(pollId: string): Promise<void> } => {
  const polls = tiered<CountingDefinition>({
    ...common(around),
    isolate: isolateTier(2_000),
    beyond: [],
    terms: () => ({ freshMs: 5 * second, staleMs: 0, standInMs: 55 * second, absentMs: second }),
    origin: async (pollId, signal) => {
      const value = await book.find(pollId, signal)
      return { value, version: value?.poll.version ?? 0 }
    },
  })
  return { find: async (pollId, signal) => (await polls.read(pollId, signal)).value, forget: polls.forget }
}

/** Polls as anybody may see them: isolate, location, and KV, where the scoreboard puts closed ones. A change is seen at
 *  once where it was made and within 15 s everywhere; one of a closed poll within 15 s of when KV tells of it, which may
 *  be a minute and a half behind. */
export const rememberViews = (book: PollBook, around: Around): PollViews => {
  const open: Terms = { freshMs: 10 * second, staleMs: 5 * second, standInMs: 10 * minute, absentMs: second }
  const views = tiered<Poll>({
    ...common(around),
    isolate: isolateTier(5_000),
    beyond: sharedTiers(around),
    terms: () => open,
    origin: async (key, signal) => {
      const found = await book.find(pollIdOf(key), signal)
      return { value: found && publicPoll(found.poll), version: found === null ? 0 : stageOf(found.poll) }
    },
  })
  const noticed = noticing(around, 'poll')
  return {
    recall: (pollId) => told(views.recall(viewKey(pollId)), noticed),
    find: async (pollId, signal) => noticed(await views.read(viewKey(pollId), signal)),
    learn: (poll) => views.learn(viewKey(poll.id), publicPoll(poll), stageOf(poll)),
    forget: (pollId) => views.forget(viewKey(pollId)),
  }
}

/** Results: isolate, location, and KV, where the scoreboard puts them once they are final. Fresh for a second from when
 *  the scoreboard was asked. Final ones are held a minute at a time, because an erasure may still be noted in them. */
export const rememberResults = (boards: Pick<Scoreboards, 'snapshot'>, around: Around): RememberedResults => {
  const live: Terms = { freshMs: second, staleMs: second, standInMs: minute, absentMs: second }
  const final: Terms = { freshMs: minute, staleMs: minute, standInMs: day, absentMs: second }
  const results = tiered<Snapshot>({
    ...common(around),
    isolate: isolateTier(2_000),
    beyond: sharedTiers(around),
    terms: (snapshot) => (snapshot?.final === true ? final : live),
    origin: async (key, signal) => {
      const found = await boards.snapshot(pollIdOf(key), signal)
      return { value: found?.value ?? null, version: found?.value?.version ?? 0 }
    },
  })
  const noticed = noticing(around, 'results')
  return {
    recall: (pollId) => told(results.recall(resultsKey(pollId)), noticed),
    snapshot: async (pollId, signal) => noticed(await results.read(resultsKey(pollId), signal)),
    forget: (pollId) => results.forget(resultsKey(pollId)),
  }
}

/** What the scoreboard itself puts into KV, one after the other, so that a closed poll is read without waking it. Rejects
 *  when something of it was not written. */
export const rememberFinal = (kv: KeyValueStore, clock: Clock): Shelf => {
  const results = kvTier<Snapshot>(kv, clock, season)
  const views = kvTier<Poll>(kv, clock, season)
  const turns = new Turns()
  const told = <Value>(value: Value, version: number) =>
    entryOf(value, version, { freshMs: 0, staleMs: 0, standInMs: season, absentMs: 0 }, clock.now())
  return {
    keep: (snapshot, poll) =>
      turns.take(async () => {
        await results.put(resultsKey(poll.id), told(snapshot, snapshot.version))
        await views.put(viewKey(poll.id), told(publicPoll(poll), stageOf(poll)))
      }),
    drop: (pollId) =>
      turns.take(async () => {
        await Promise.all([results.drop(resultsKey(pollId)), views.drop(viewKey(pollId))])
      }),
  }
}

/** A revoked key is refused everywhere within 60 s; a known key still opens for 10 minutes while Postgres is away. */
export const rememberKeys = (
  ring: KeyRing,
  around: Around,
): KeyRing & { forget(keyId: string): Promise<void> } => {
  const keys = tiered<KeyRecord>({
    ...common(around),
    isolate: isolateTier(5_000),
    beyond: [],
    terms: () => ({ freshMs: 50 * second, staleMs: 0, standInMs: 10 * minute, absentMs: 5 * second }),
    origin: async (keyId, signal) => ({ value: await ring.find(keyId, signal), version: 0 }),
  })
  return {
    find: async (keyId, signal) => {
      const { value, stale } = await keys.read(keyId, signal)
      if (stale) around.report({ type: 'keys-unavailable', keyId })
      return value
    },
    forget: keys.forget,
  }
}

/** What a workspace has used: shared through Redis, so that its ballots are counted six times a minute at most, wherever it
 *  is asked from. */
export const rememberUsage = (
  reader: Pick<UsageReader, 'stored'>,
  redis: Tier<StoredUsage>,
  around: Around,
): UsageBook => {
  const usage = tiered<StoredUsage>({
    ...common(around),
    isolate: isolateTier(1_000),
    beyond: [redis],
    terms: () => ({ freshMs: 10 * second, staleMs: 50 * second, standInMs: day, absentMs: second }),
    origin: async (workspaceId, signal) => ({ value: await reader.stored(workspaceId, signal), version: 0 }),
  })
  return { find: (workspaceId, signal) => usage.read(workspaceId, signal) }
}

/** The location, and what the scoreboard alone writes into KV. */
const sharedTiers = <Value>({ colo, kv, clock }: Around) => [
  ...(colo === null ? [] : [coloTier<Value>(colo, clock)]),
  readOnly(kvTier<Value>(kv, clock, season)),
]

const viewKey = (pollId: string) => `poll:${pollId}`
const resultsKey = (pollId: string) => `results:${pollId}`
const pollIdOf = (key: string) => key.slice(key.indexOf(':') + 1)
