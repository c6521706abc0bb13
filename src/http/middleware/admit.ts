// Who comes in, the cheapest no first: a voter who knocks too often, a key that is none, a key or workspace that has used what
// its plan gives. The key is read here and says whose it is.

import type { Context, MiddlewareHandler } from 'hono'
import { planWindowSeconds } from '../../admission/admission.ts'
import { callCost } from '../../admission/call-cost.ts'
import type { Verdict } from '../../admission/limiter.ts'
import { nobody } from '../../application/identify-caller.ts'
import { accept } from '../../kernel/result.ts'
import { signalOf } from '../deadline.ts'
import { workOf } from '../door.ts'
import { type Http, refused } from '../http.ts'
import { presentedKey } from '../presented-key.ts'
import { isWhole } from '../whole.ts'

export const admit = (): MiddlewareHandler<Http> => async (c, next) => {
  const { headers } = c.req.raw
  const { admission, clock, identifyCaller } = c.get('services')
  const pollId = pollVotedIn(c.req.method, c.req.path)
  const voter = pollId === null ? null : (headers.get('voter-id') ?? headers.get('idempotency-key'))
  // What is too long to be an id is refused further in; it must not be kept here.
  if (pollId !== null && voter !== null && voter.length <= longestId) {
    const until = admission.ballots.refusedUntil(pollId, voter)
    if (until !== null) return refused(c, tooMany(c, until))
  }

  const key = presentedKey(headers)
  // At once, and without an end of its own: nearly everybody who reads comes like this.
  const caller = key === null ? accept(nobody) : await identifyCaller(key, signalOf(c))
  if (!caller.ok) return refused(c, caller.refusal)
  c.set('caller', caller.value)
  const work = workOf(c)
  const away = work && c.get('services').door(work)
  if (away !== null) return refused(c, { reason: 'overloaded', retryAfterSeconds: away })
  // A ballot never takes from its owner's quota, whoever sends it.
  if (caller.value.kind !== 'owner' || pollId !== null || !counted.test(c.req.path)) return next()

  const cost = callCost(c.req.method, c.req.path)
  const verdict = await admission.ownerCall(caller.value, cost, signalOf(c))
  const said = rateLimit(verdict, clock.now())
  c.set('quotaHeaders', said)
  if (!verdict.allowed) return refused(c, tooMany(c, verdict.resetAt))
  c.set('quota', verdict)
  await next()
  // `respond` has put them on already; a 101 belongs to the object that gave it.
  if (isWhole(c.res) || c.res.status === 101 || c.res.headers.has('RateLimit')) return
  for (const [name, value] of Object.entries(said)) c.header(name, value)
}

/** What takes from a quota: the API, and not its pages, its health or its description. */
const counted = /^\/(v1|edgepoll\.v1\.\w+)\//
const ballotPath = /^\/v1\/polls\/([^/]+)\/ballots(\/mine)?$/
/** Which poll a procedure is for is in its message. */
const castProcedure = '/edgepoll.v1.PollService/CastBallot'
const longestId = 255

/** The poll that a request casts a ballot in; null: it casts none. */
const pollVotedIn = (method: string, path: string): string | null => {
  if (method !== 'POST' && method !== 'PUT') return null
  return path === castProcedure ? '' : (ballotPath.exec(path)?.[1] ?? null)
}

/** The structured fields of draft-ietf-httpapi-ratelimit-headers. */
const rateLimit = (
  { quota, remaining, resetAt }: Verdict,
  now: number,
): Readonly<Record<string, string>> => ({
  'RateLimit-Policy': `"plan";q=${quota};w=${planWindowSeconds}`,
  RateLimit: `"plan";r=${Math.max(0, remaining)};t=${secondsUntil(resetAt, now)}`,
})

const secondsUntil = (at: number, now: number): number => Math.max(1, Math.ceil((at - now) / 1_000))

/** Drawn, so that those who were refused together do not all come back together. */
const tooMany = (c: Context<Http>, resetAt: number) => {
  const { clock, random } = c.get('services')
  const seconds = secondsUntil(resetAt, clock.now())
  const later = Math.floor(random.fraction() * (2 + seconds / 4))
  return { reason: 'rate-limited', retryAfterSeconds: seconds + later } as const
}
