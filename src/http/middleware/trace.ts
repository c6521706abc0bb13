// Names the request, so that everything after can be followed, and reports how it went.
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Http, Services } from '../http.ts'

export const trace =
  (services: Services): MiddlewareHandler<Http> =>
  async (c, next) => {
    const began = services.clock.now()
    c.set('services', services)
    c.set('requestId', crypto.randomUUID())
    await next()
    // A publicly cacheable answer carries nothing of one request; a 101 belongs to the object that gave it.
    if (c.res.status !== 101 && !c.res.headers.get('Cache-Control')?.includes('public'))
      c.header('X-Request-Id', `req_${c.var.requestId}`)
    services.report({
      type: 'request',
      requestId: c.var.requestId,
      route: routePath(c, -1),
      method: c.req.method,
      status: c.res.status,
      durationMs: services.clock.now() - began,
      ...(c.var.code !== undefined && { code: c.var.code }),
    })
  }
