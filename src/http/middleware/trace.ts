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
      ...(c.get('code') !== undefined && { code: c.get('code') }),
    })
  }
