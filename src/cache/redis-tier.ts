// What all locations share and may change (Redis): answers that cost much to compute and are asked for by few, as an owner's
// usage. Whether an entry may take the place of another is decided in Redis, so that of two writers the newer one wins.
import type { Clock } from '../kernel/clock.ts'
import { until } from '../kernel/until.ts'
import type { Entry } from './entry.ts'
import type { Tier } from './tier.ts'

/** The three commands of a Redis client we use. Its client must leave values as they are. */
export interface RedisStore {
  hget(key: string, field: string): Promise<unknown>
  eval(script: string, keys: string[], args: string[]): Promise<unknown>
  del(key: string): Promise<unknown>
}

/** Redis must not make a read slower than what it saves, ms. */
export interface RedisTerms {
  readonly timeoutMs: number
  /** What keys begin with. */
  readonly prefix: string
}

export const redisTier = <Value>(
  store: RedisStore,
  clock: Clock,
  { timeoutMs, prefix }: RedisTerms,
): Tier<Value> => {
  const inTime = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
    until(AbortSignal.timeout(timeoutMs), answer)
  return {
    name: 'redis',
    get: async (key) => {
      try {
        const found = await inTime(store.hget(prefix + key, 'entry'))
        if (found === null || found === undefined) return undefined
        // A client that reads values by itself gives the entry; one that does not, its text. `put` below wrote it.
        return (typeof found === 'string' ? JSON.parse(found) : found) as Entry<Value>
      } catch {
        return undefined
      }
    },
    put: async (key, entry) => {
      const life = entry.standInUntil - clock.now()
      if (life <= 0) return
      const { version, since, value } = entry
      const args = [version, since, value === null ? 1 : 0, JSON.stringify(entry), Math.ceil(life)]
      await inTime(store.eval(putUnlessNewer, [prefix + key], args.map(String)))
    },
    drop: async (key) => {
      await inTime(store.del(prefix + key))
    },
  }
}

/** `supersedes` of entry.ts, where both writers meet. */
const putUnlessNewer = `
local known = function(field) return redis.call('HGET', KEYS[1], field) or '' end
local version, since = tonumber(ARGV[1]), tonumber(ARGV[2])
local knownVersion, knownSince = tonumber(known('version')), tonumber(known('since'))
if knownVersion and knownSince then
  if ARGV[3] == '1' or known('absent') == '1' then
    if since < knownSince then return 0 end
  elseif version < knownVersion or (version == knownVersion and since <= knownSince) then
    return 0
  end
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'since', ARGV[2], 'absent', ARGV[3], 'entry', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`
