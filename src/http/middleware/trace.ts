// Names the request, so that everything after can be followed, and reports how it went.
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { beginTrace, parseTraceparent, type SpanPlace, type Trace } from '../../kernel/trace.ts'
import type { Http, Services } from '../http.ts'
import { coloOf } from '../request-headers.ts'
import { isWhole } from '../whole.ts'

export const trace = (services: Services): MiddlewareHandler<Http> => {
  const { clock, random, report, tracing } = services
  // An isolate stays where it is: asked of the first request, because each asking has the platform make an object.
  let colo: string | null = null
  /** Who shows a key may say what a request is part of, and hears what it took. Whether it is kept chance says, until it is
   *  known that the key is one. */
  const begin = (parent: SpanPlace | null, keyed: boolean): Trace | undefined =>
    keyed || tracing !== null
      ? beginTrace(parent, { random, sampled: tracing?.samples() ?? false })
      : undefined
  return async (c, next) => {
    colo ??= coloOf(c.req.raw)
    const began = clock.now()
    c.set('services', services)
    c.set('requestId', crypto.randomUUID())
    const { headers: sent } = c.req.raw
    const keyed = sent.has('authorization') || sent.has('x-api-key')
    const parent = keyed ? parseTraceparent(sent.get('traceparent')) : null
    const part = begin(parent, keyed)
    if (part !== undefined) c.set('trace', part)
    await next()
    const durationMs = clock.now() - began
    if (part !== undefined || !isWhole(c.res)) nameAnswer(c, part, durationMs)
    report({
      type: 'request',
      requestId: c.get('requestId'),
      route: routePath(c, -1),
      method: c.req.method,
      status: c.res.status,
      durationMs,
      colo,
      ...(c.get('code') !== undefined && { code: c.get('code') }),
      ...(part !== undefined && tracing !== null && { trace: placeOf(c, part, parent) }),
    })
  }
}

/** A publicly cacheable answer carries nothing of one request, `respond` has named its own, and a 101 belongs to the object that
 *  gave it. */
const nameAnswer = (c: Context<Http>, part: Trace | undefined, durationMs: number): void => {
  const { status, headers } = c.res
  if (status === 101 || headers.get('Cache-Control')?.includes('public')) return
  if (!headers.has('X-Request-Id')) c.header('X-Request-Id', `req_${c.get('requestId')}`)
  if (part !== undefined && isKnown(c)) c.header('Server-Timing', serverTiming(part, durationMs))
}

const placeOf = (c: Context<Http>, { place }: Trace, parent: SpanPlace | null): SpanPlace =>
  parent?.sampled === true && isKnown(c) ? { ...place, sampled: true } : place

/** A key that is shown and not good is nobody's. */
const isKnown = (c: Context<Http>): boolean => (c.get('caller')?.kind ?? 'anonymous') !== 'anonymous'

/** https://www.w3.org/TR/server-timing/: the whole, and what was asked for it. */
const serverTiming = ({ steps }: Trace, durationMs: number): string =>
  [{ name: 'total', durationMs }, ...steps]
    .map(({ name, durationMs: took }) => `${name.replaceAll(/[^a-z0-9]+/gi, '-')};dur=${Math.max(0, took)}`)
    .join(', ')
