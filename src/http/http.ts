// What every handler can reach, and how it answers no.
import type { Context } from 'hono'
import type { castBallot } from '../application/cast-ballot.ts'
import type { checkHealth } from '../application/check-health.ts'
import type { createPoll } from '../application/create-poll.ts'
import type { createWorkspace } from '../application/create-workspace.ts'
import type { Report } from '../application/events.ts'
import type { Caller, identifyCaller } from '../application/identify-caller.ts'
import type { Scoreboards } from '../application/ports.ts'
import type { readPoll } from '../application/read-poll.ts'
import type { mayWatch, readResults } from '../application/read-results.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { type AnyRefusal, problemOf } from './problems.ts'

/** The verbs, bound to what they need. runtime/services.ts makes them. */
export interface Services {
  readonly castBallot: ReturnType<typeof castBallot>
  readonly checkHealth: ReturnType<typeof checkHealth>
  readonly createPoll: ReturnType<typeof createPoll>
  readonly createWorkspace: ReturnType<typeof createWorkspace>
  readonly identifyCaller: ReturnType<typeof identifyCaller>
  readonly mayWatch: ReturnType<typeof mayWatch>
  readonly readPoll: ReturnType<typeof readPoll>
  readonly readResults: ReturnType<typeof readResults>
  readonly watch: Scoreboards['watch']
  readonly clock: Clock
  readonly random: Random
  readonly report: Report
}

export interface Http {
  Variables: {
    services: Services
    /** A UUID. */
    requestId: string
    /** Aborts when the request's time is up or the client has gone. */
    signal: AbortSignal
    caller: Caller
    /** The code of the problem answered with, for the request's event. */
    code?: string
  }
}

/** Answers with the problem document of a refusal: never cached, always problem+json. */
export const refused = (c: Context<Http>, refusal: AnyRefusal): Response => {
  const { status, body, headers } = problemOf(refusal, new URL(c.req.url).origin, c.var.requestId)
  c.set('code', refusal.reason)
  return c.body(JSON.stringify(body), status, {
    ...headers,
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  })
}
