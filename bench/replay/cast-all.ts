// Casts every ballot exactly once in effect: what has no answer is sent again with the same keys until it has one.
import { Pool } from 'undici'
import {
  type AnswerClass,
  classOfAnswer,
  classOfFailure,
  isAccepted,
  problemCodeOf,
} from '../load/answer-class.ts'
import { seededRandom } from '../load/seeded-random.ts'
import { backoffMs } from './backoff.ts'

export interface CastPlan {
  /** Asked before each attempt: a restarted server may be somewhere else. */
  readonly origin: () => string
  readonly pollId: string
  /** Makes the keys: the same run and ballot number are the same voter and the same request. */
  readonly runId: string
  readonly count: number
  readonly bodyOf: (ballot: number) => string
  /** The first ballot not known to be acknowledged. */
  readonly from: number
  readonly concurrency: number
  /** How long nothing at all may be accepted before the replay gives up. */
  readonly patienceMs: number
}

export interface CastEvents {
  /** `upTo` ballots from the beginning are acknowledged without a gap. */
  acknowledged(total: number, upTo: number): void
  /** Nothing was accepted for this long, and why. */
  waiting(sinceMs: number, why: AnswerClass): void
}

export interface CastReport {
  /** Attempts by answer: a retried ballot has several. */
  readonly answers: Readonly<Record<AnswerClass, number>>
  /** Ballots that got a no which sending again does not change. */
  readonly refused: readonly {
    readonly ballot: number
    readonly answer: AnswerClass
    readonly detail: string
  }[]
  readonly seconds: number
}

/** Casts the plan's ballots. Throws when patience ends or so many are refused that going on is pointless. */
export const castAll = async (plan: CastPlan, events: CastEvents): Promise<CastReport> => {
  const connections = reconnecting(plan)
  const answers = new Map<AnswerClass, number>()
  const refused: CastReport['refused'][number][] = []
  const random = seededRandom(plan.runId)
  const acknowledged = new Uint8Array(plan.count).fill(1, 0, plan.from)
  const startMs = performance.now()
  let [next, total, upTo, acceptedMs] = [plan.from, plan.from, plan.from, startMs]
  let over = false

  const castOne = async (ballot: number): Promise<void> => {
    for (let attempt = 0; !over; attempt++) {
      const { answer, detail, retryAfterSeconds } = await post(connections(), plan, ballot)
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
      if (isAccepted(answer)) {
        acceptedMs = performance.now()
        acknowledged[ballot] = 1
        while (acknowledged[upTo] === 1) upTo += 1
        events.acknowledged(++total, upTo)
        return
      }
      if (!isWorthRepeating(answer, attempt)) {
        refused.push({ ballot, answer, detail })
        if (refused.length >= refusalLimit)
          throw new Error(`The server refuses these ballots: ${answer} ${detail}`)
        return
      }
      const sinceMs = performance.now() - acceptedMs
      if (sinceMs > plan.patienceMs) throw new Error(gaveUp(sinceMs, answer))
      if (sinceMs > 3000) events.waiting(sinceMs, answer)
      await sleep(backoffMs(attempt, retryAfterSeconds, random))
    }
  }
  const sender = async (): Promise<void> => {
    while (next < plan.count && !over) await castOne(next++)
  }

  try {
    await Promise.all(Array.from({ length: plan.concurrency }, sender))
  } finally {
    over = true // one sender threw: the others stop after the attempt in hand
    await connections().destroy()
  }
  return { answers: Object.fromEntries(answers), refused, seconds: (performance.now() - startMs) / 1000 }
}

/** The keys of a ballot: what makes sending it again safe. */
export const keysOf = (runId: string, ballot: number): Readonly<Record<string, string>> => ({
  'voter-id': `replay-${runId}-voter-${String(ballot).padStart(6, '0')}`,
  'idempotency-key': `replay-${runId}-cast-${ballot}`,
})

interface Posted {
  readonly answer: AnswerClass
  readonly detail: string
  readonly retryAfterSeconds: number | null
}

const post = async (pool: Pool, plan: CastPlan, ballot: number): Promise<Posted> => {
  try {
    const { statusCode, headers, body } = await pool.request({
      method: 'POST',
      path: `/v1/polls/${plan.pollId}/ballots`,
      headers: { 'content-type': 'application/json', ...keysOf(plan.runId, ballot) },
      body: plan.bodyOf(ballot),
    })
    const text = await body.text()
    const replayed = headers['idempotency-replayed'] === 'true'
    const code = problemCodeOf(String(headers['content-type'] ?? ''), text)
    const retryAfter = Number.parseFloat(String(headers['retry-after'] ?? ''))
    return {
      answer: classOfAnswer({ status: statusCode, replayed }, code),
      detail: statusCode < 400 ? '' : text.slice(0, 300),
      retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { answer: classOfFailure(error), detail, retryAfterSeconds: null }
  }
}

/** Unknown outcomes and "not now" are; a no is not. Other server errors are bugs: a few attempts, then they are shown. */
const isWorthRepeating = (answer: AnswerClass, attempt: number): boolean =>
  ['timeout', 'network-error', '502', '504'].includes(answer) ||
  /^(503|429)\b/.test(answer) ||
  (/^5\d\d\b/.test(answer) && attempt < 10)

const reconnecting = (plan: CastPlan): (() => Pool) => {
  const open = (origin: string): { readonly origin: string; readonly pool: Pool } => ({
    origin,
    pool: new Pool(origin, {
      connections: plan.concurrency,
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
      connect: { timeout: answerTimeoutMs },
    }),
  })
  let current = open(plan.origin())
  return () => {
    const origin = plan.origin()
    if (origin !== current.origin) {
      current.pool.destroy().catch(() => undefined) // requests in flight there fail and are sent again here
      current = open(origin)
    }
    return current.pool
  }
}

const gaveUp = (sinceMs: number, answer: AnswerClass): string =>
  `No ballot was accepted for ${Math.round(sinceMs / 1000)} s (${answer}): the replay stops; --resume goes on from here.`

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const answerTimeoutMs = 10_000
const refusalLimit = 20
