// Names the request, so that everything after can be followed, and reports how it went.
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Http, Services } from '../http.ts'
import { coloOf } from '../request-headers.ts'

export const trace = (services: Services): MiddlewareHandler<Http> => {
  // An isolate stays where it is: asked of the first request, because each asking has the platform make an object.
  let colo: string | null = null
  return async (c, next) => {
    colo ??= coloOf(c.req.raw)
    const began = services.clock.now()
    c.set('services', services)
    c.set('requestId', crypto.randomUUID())
    await next()
    // A publicly cacheable answer carries nothing of one request, `respond` has named its own, and a 101 belongs to the
    // object that gave it.
    const { status, headers } = c.res
    if (status !== 101 && !headers.get('Cache-Control')?.includes('public') && !headers.has('X-Request-Id'))
      c.header('X-Request-Id', `req_${c.get('requestId')}`)
    services.report({
      type: 'request',
      requestId: c.get('requestId'),
      route: routePath(c, -1),
      method: c.req.method,
      status: c.res.status,
      durationMs: services.clock.now() - began,
      colo,
      ...(c.get('code') !== undefined && { code: c.get('code') }),
    })
  }
}
