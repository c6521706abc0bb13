// Any page may vote and watch, without credentials; what a poll allows beyond that is its `allowedOrigins`.
import { cors } from 'hono/cors'

export const crossOrigin = () =>
  cors({
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
      'Invite-Code',
      'Voter-Token',
      'Last-Event-ID',
      'Connect-Protocol-Version',
      'Connect-Timeout-Ms',
    ],
    exposeHeaders: [
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
      'RateLimit',
      'RateLimit-Policy',
    ],
    maxAge: 86_400,
  })
