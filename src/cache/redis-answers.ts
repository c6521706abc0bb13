// First answers in Redis. A claim is `SET … NX PX`; what replaces or removes it is compared and done in Redis, so that a claim
// that ended meanwhile takes nothing from whoever came after.
import {
  type AnswerStore,
  type Claim,
  claimMs,
  type Known,
  keptMs,
} from '../application/first-answer-ports.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import { until } from '../kernel/until.ts'

/** The commands of a Redis client that we use. */
export interface AnswerRedis {
  set(key: string, value: string, options: { nx: true; px: number }): Promise<unknown>
  get(key: string): Promise<unknown>
  eval(script: string, keys: string[], args: string[]): Promise<unknown>
}

interface Terms {
  readonly timeoutMs: number
  /** What keys begin with. */
  readonly prefix: string
}

export const redisAnswers = (redis: AnswerRedis, { timeoutMs, prefix }: Terms): AnswerStore => {
  const inTime = async <Answer>(signal: AbortSignal, answer: Promise<Answer>): Promise<Answer> => {
    try {
      return await until(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), answer)
    } catch (error) {
      signal.throwIfAborted()
      throw new Unavailable('redis', error)
    }
  }
  const claimed = (claim: Claim, signal: AbortSignal) =>
    inTime(signal, redis.set(prefix + claim.id, claimText(claim), { nx: true, px: claimMs }))
  return {
    claim: async (claim, signal) => {
      for (let attempt = 0; attempt < 2; attempt++) {
        if ((await claimed(claim, signal)) === 'OK') return null
        const found = await inTime(signal, redis.get(prefix + claim.id))
        if (typeof found === 'string') return knownOf(found)
        // It ended between the two commands: now it is free.
      }
      return { kind: 'under-way', fingerprint: claim.fingerprint }
    },
    keep: async (claim, sealed, signal) => {
      const args = [claimText(claim), `answer:${claim.fingerprint}:${sealed}`, String(keptMs)]
      await inTime(signal, redis.eval(replace, [prefix + claim.id], args))
    },
    release: async (claim, signal) => {
      await inTime(signal, redis.eval(remove, [prefix + claim.id], [claimText(claim)]))
    },
  }
}

/** No JSON: the client would read it by itself. */
const claimText = ({ fingerprint, at }: Claim) => `claim:${fingerprint}:${at}`

const knownOf = (text: string): Known => {
  const [kind, fingerprint = '', sealed = ''] = text.split(':')
  return kind === 'answer' ? { kind: 'answered', fingerprint, sealed } : { kind: 'under-way', fingerprint }
}

const replace = `
local found = redis.call('GET', KEYS[1])
if found and found ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`

const remove = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`
