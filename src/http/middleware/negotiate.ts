// Decides how we will speak, or says 406 before any work is done. Pages and sockets speak for themselves.
import type { MiddlewareHandler } from 'hono'
import { negotiate as best } from '../../representation/negotiate.ts'
import { type Http, refused } from '../http.ts'

const offers = ['application/json']
/** Resources with a format of their own: sockets, NDJSON and CSV. */
const ownFormat = /\/(results\/live|log|export|invites)$/

export const negotiate = (): MiddlewareHandler<Http> => async (c, next) => {
  const speaksForItself = !c.req.path.startsWith('/v1/') || ownFormat.test(c.req.path)
  if (speaksForItself || best(c.req.header('accept') ?? null, offers) !== null) return next()
  return refused(c, { reason: 'not-acceptable', offers: offers.join(', ') })
}
