// What an exception means to a client: something is away, or a bug, which is reported and never shown.
import type { Context } from 'hono'
import { Overloaded, Unavailable } from '../kernel/unavailable.ts'
import type { Http } from './http.ts'
import type { AnyRefusal } from './problems.ts'

export const failed = (c: Context<Http>, error: unknown): AnyRefusal => {
  if (error instanceof Overloaded) return { reason: 'overloaded', retryAfterSeconds: error.retryAfterSeconds }
  if (error instanceof Unavailable || (error instanceof Error && error.name === 'TimeoutError'))
    return { reason: 'unavailable' }
  c.get('services').report({
    type: 'unexpected',
    where: 'http',
    error: error instanceof Error && error.stack !== undefined ? error.stack : String(error),
    requestId: c.get('requestId'),
  })
  return { reason: 'unexpected' }
}
