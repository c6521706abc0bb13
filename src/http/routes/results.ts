// Results: read once, or watched live.
import { Hono } from 'hono'
import { entityTag, namesTag } from '../../representation/entity-tag.ts'
import { resultsFields } from '../../representation/messages.ts'
import { encodeResults } from '../../representation/results-encoding.ts'
import { answerEncoded, representationOf } from '../answer.ts'
import { cacheHeaders, resultsPolicy, varies } from '../cache-policy.ts'
import { type Http, refused } from '../http.ts'
import { fieldsAsked, onlyParameters } from '../query.ts'
import { originOf } from '../request-headers.ts'
import { knownAddress, versionHeld, watcherOf } from '../watcher.ts'

export const results = new Hono<Http>()
  .get('/:pollId/results', async (c) => {
    const fresh =
      c.var.caller.kind !== 'anonymous' && /\bno-cache\b/.test(c.req.header('cache-control') ?? '')
    const order = { ...watcherOf(c, c.req.param('pollId')), fresh }
    const read = await c.var.services.readResults(order, c.var.signal)
    if (!read.ok) return refused(c, read.refusal)
    const fields = fieldsAsked(c, resultsFields)
    if (!fields.ok) return refused(c, fields.refusal)
    const { snapshot, open } = read.value
    const tag = entityTag('results', snapshot.version, representationOf(c, fields.value))
    const headers = {
      ETag: tag,
      ...varies,
      ...cacheHeaders(c, snapshot.pollId, resultsPolicy(snapshot, open), read.value),
    }
    if (namesTag(c.req.header('if-none-match') ?? null, tag)) return c.body(null, 304, headers)
    return answerEncoded(c, encodeResults(snapshot, c.var.speech.format, fields.value), 200, headers)
  })

  .get('/:pollId/results/live', async (c) => {
    const pollId = c.req.param('pollId')
    const order = watcherOf(c, pollId, true)
    const allowed = await c.var.services.mayWatch(order, c.var.signal)
    if (!allowed.ok) return refused(c, allowed.refusal)
    const parameters = onlyParameters(c, ['receipt', 'version'])
    if (!parameters.ok) return refused(c, parameters.refusal)
    const holds = versionHeld(c)
    if (!holds.ok) return refused(c, holds.refusal)
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return refused(c, { reason: 'upgrade-required' })
    const opened = await c.var.services.openLive(
      {
        ...order,
        holds: holds.value,
        origin: c.req.header('origin') ?? null,
        ownOrigin: new URL(c.req.url).origin,
        address: knownAddress(c),
        region: originOf(c.req.raw).region,
        upgrade: c.req.raw,
      },
      c.var.signal,
    )
    // The relay's 101 goes back untouched: the edge holds no socket, so publishing a new edge ends none.
    return opened.ok ? opened.value : refused(c, opened.refusal)
  })
