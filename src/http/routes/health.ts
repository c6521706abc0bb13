// Whether this process is alive, and whether what it needs is there (application/health+json).

import { Hono } from 'hono'
import { signalOf } from '../deadline.ts'
import type { Http } from '../http.ts'

export const health = new Hono<Http>()
  .get('/livez', (c) => {
    const { releaseId } = c.get('services')
    const body = { status: 'pass', ...(releaseId !== null && { releaseId }) }
    return c.json(body, 200, { 'Cache-Control': 'no-store' })
  })
  .get('/readyz', async (c) => {
    const { status, checks } = await c.get('services').checkHealth(signalOf(c))
    const body = {
      status,
      checks: Object.fromEntries(checks.map((check) => [check.name, [{ status: check.status }]])),
    }
    return c.body(JSON.stringify(body), status === 'fail' ? 503 : 200, {
      'Content-Type': 'application/health+json',
      'Cache-Control': 'no-store',
      ...(status === 'fail' && { 'Retry-After': '5' }),
    })
  })
