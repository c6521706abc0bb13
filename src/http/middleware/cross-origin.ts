// Any page may vote and watch, without credentials; what a poll allows beyond that is its `allowedOrigins`.
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { isWhole } from '../whole.ts'

const allowed = { origin: 'Access-Control-Allow-Origin', exposed: 'Access-Control-Expose-Headers' } as const

/** No browser guesses at what an answer is. */
const typed = ['X-Content-Type-Options', 'nosniff'] as const

/** The library answers preflights. On every other answer three constant headers are ours. */
export const crossOrigin = (): MiddlewareHandler => async (c, next) => {
  if (c.req.method === 'OPTIONS') return preflight(c, next)
  await next()
  // `respond` has put them on already; a 101 belongs to the object that gave it.
  if (isWhole(c.res) || c.res.status === 101 || c.res.headers.has(allowed.origin)) return
  c.header(allowed.origin, '*')
  c.header(allowed.exposed, exposed)
  c.header(...typed)
}

const exposed = [
  'Age',
  'Cache-Status',
  'ETag',
  'Link',
  'Location',
  'Retry-After',
  'X-Request-Id',
  'Idempotency-Replayed',
  'Edgepoll-Problem',
  'Edgepoll-Archived',
  'Edgepoll-Retry-Safe',
  'Edgepoll-Stale',
  'Edgepoll-Poll-After',
  'Edgepoll-Viewers',
  'Edgepoll-Written',
  'RateLimit',
  'RateLimit-Policy',
].join(',')

/** What every answer carries. */
export const crossOriginHeaders = {
  [allowed.origin]: '*',
  [allowed.exposed]: exposed,
  [typed[0]]: typed[1],
} as const

const preflight = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    'Authorization',
    'X-API-Key',
    'Content-Type',
    'Voter-Id',
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'Edgepoll-Receipt',
    'Edgepoll-Read-After',
    'Invite-Code',
    'Voter-Token',
    'Last-Event-ID',
    'Connect-Protocol-Version',
    'Connect-Timeout-Ms',
  ],
  maxAge: 86_400,
})
