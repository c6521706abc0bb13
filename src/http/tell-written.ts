// What an owner wrote is read again by the token that this puts on the answer, also where a replica answers reads.
import type { MiddlewareHandler } from 'hono'
import { signalOf } from './deadline.ts'
import type { Http } from './http.ts'

/** Runs around the handler of one route. Where no token can be had the answer is as good without: who names none is
 *  answered by the primary. */
export const tellWritten = (): MiddlewareHandler<Http> => async (c, next) => {
  await next()
  const caller = c.get('caller')
  if (caller.kind !== 'owner' || !c.res.ok) return
  const token = await c
    .get('services')
    .written(caller.workspaceId, signalOf(c))
    .catch(() => null)
  if (token !== null) c.header('Edgepoll-Written', token)
}
