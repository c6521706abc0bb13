// Every metric of the whole system, for whoever gathers them (root key).
import { Hono } from 'hono'
import { requireOperator } from '../../application/identify-caller.ts'
import { negotiate } from '../../representation/negotiate.ts'
import { type ExpositionForm, expositionTypes } from '../../telemetry/exposition.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { respond } from '../respond.ts'

export const metrics = new Hono<Http>().get('/metrics', async (c) => {
  const allowed = requireOperator(c.get('caller'))
  if (!allowed.ok) return refused(c, allowed.refusal)
  const best = negotiate(c.req.header('Accept') ?? null, [...forms.keys()])
  const form = best === null ? undefined : forms.get(best)
  if (form === undefined)
    return refused(c, { reason: 'not-acceptable', offers: [...forms.keys()].join(', ') })
  const text = await c.get('services').exposeMetrics(form, signalOf(c))
  return respond(c, text, 200, { 'Content-Type': expositionTypes[form], 'Cache-Control': 'no-store' })
})

/** As they are asked for, the better one first: Prometheus names versions, people do not. */
const forms: ReadonlyMap<string, ExpositionForm> = new Map([
  ['application/openmetrics-text;version=1.0.0', 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['text/plain;version=0.0.4', 'prometheus'],
  ['text/plain', 'prometheus'],
])
