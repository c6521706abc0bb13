// What voters waited for, as their browsers measured it (real user monitoring). Nothing is kept of who sends it.
import { Hono } from 'hono'
import { faultsOf } from '../../representation/faults.ts'
import { readJson } from '../../representation/read-json.ts'
import { vitalsBody } from '../../representation/vitals-body.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { isOwnPost } from '../page/page-security.ts'
import { respond } from '../respond.ts'

export const rum = new Hono<Http>().post('/', async (c) => {
  if (!isOwnPost(c)) return refused(c, { reason: 'origin-not-allowed' })
  const body = await readJson(c.req.raw, bodyLimits.vitals)
  if (!body.ok) return refused(c, body.refusal)
  const parsed = vitalsBody.safeParse(body.value)
  if (!parsed.success)
    return refused(c, {
      reason: 'body-malformed',
      detail: 'These are no measurements: see `errors`.',
      errors: faultsOf(parsed.error),
    })
  const { report } = c.get('services')
  for (const vital of vitals) {
    const value = parsed.data[vital]
    if (value !== undefined) report({ type: 'page-measured', vital, value })
  }
  return respond(c, null, 204, { 'Cache-Control': 'no-store' })
})

const vitals = ['cls', 'fcp', 'inp', 'lcp', 'ttfb', 'vote'] as const
