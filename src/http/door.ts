// The cheapest no: a ballot for boxes that have enough to do is turned away before anything is made for its request. What
// an owner asks is weighed once it is known whose it is.
import type { Context } from 'hono'
import type { Priority } from '../admission/priority.ts'
import type { Plan } from '../application/ports.ts'
import type { Http, Services } from './http.ts'
import { crossOriginHeaders } from './middleware/cross-origin.ts'
import { problemOf } from './problems.ts'

/** What a request would ask for. */
export interface Work {
  readonly priority: Priority
  readonly pollId: string | null
  /** The caller's; null where none is known. */
  readonly plan: Plan | null
}

/** How many seconds to stay away, or null: come in. */
export type Door = (work: Work) => number | null

/** The answer to a ballot that nobody can take now; null: it may come in, and so may everything else. */
export const turnedAway = ({ door }: Pick<Services, 'door'>, request: Request): Response | null => {
  const { method, url } = request
  if (method !== 'POST' && method !== 'PUT') return null
  const { origin, pollId } = ballotPath.exec(url)?.groups ?? {}
  if (origin === undefined || pollId === undefined) return null
  const seconds = door({ priority: 'ballots', pollId, plan: null })
  if (seconds === null) return null
  const requestId = crypto.randomUUID()
  const refusal = { reason: 'overloaded', retryAfterSeconds: seconds } as const
  const { status, body, headers } = problemOf(refusal, origin, requestId)
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...crossOriginHeaders,
      ...headers,
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'X-Request-Id': `req_${requestId}`,
    },
  })
}

/** What a caller who is known asks for, where it can be turned away; null: it never is at the door. */
export const workOf = (c: Context<Http>): Work | null => {
  const { method, path } = c.req
  const caller = c.get('caller')
  const plan = caller.kind === 'owner' ? caller.plan : caller.kind === 'operator' ? 'enterprise' : null
  const found = classes.find((kind) => kind.method.test(method) && kind.path.test(path))
  return found === undefined ? null : { priority: found.priority, pollId: null, plan }
}

const ballotPath = /^(?<origin>https?:\/\/[^/]+)\/v1\/polls\/(?<pollId>[^/?]+)\/ballots(\/mine)?(\?|$)/

/** The first that fits. */
const classes: readonly { readonly priority: Priority; readonly method: RegExp; readonly path: RegExp }[] = [
  { priority: 'exports', method: /^(GET|HEAD)$/, path: /^\/v1\/polls\/[^/]+\/export$/ },
  {
    priority: 'lists',
    method: /^(GET|HEAD)$/,
    path: /^\/v1\/polls\/[^/]+\/(results\/(timeline|breakdown)|ballots(\/(?!mine$)[^/]+)?|invites|questions\/[^/]+\/texts)$/,
  },
  { priority: 'lists', method: /^(GET|HEAD)$/, path: /^\/v1\/(polls|usage|keys|audit-log)$/ },
  { priority: 'close', method: /^POST$/, path: /^\/v1\/polls\/[^/]+\/close$/ },
  { priority: 'close', method: /^DELETE$/, path: /^\/v1\/(polls|keys)\// },
  { priority: 'owner-writes', method: /^(POST|PATCH)$/, path: /^\/v1\/keys(\/|$)/ },
  { priority: 'close', method: /^POST$/, path: /^\/v1\/(workspaces$|operator\/)/ },
  { priority: 'owner-writes', method: /^POST$/, path: /^\/v1\/polls(\/[^/]+\/(open|archive|invites))?$/ },
  { priority: 'owner-writes', method: /^PATCH$/, path: /^\/v1\/polls\/[^/]+$/ },
]
