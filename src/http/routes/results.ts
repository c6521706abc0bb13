// Results: read once, or watched live.
import { Hono } from 'hono'
import { entityTag, namesTag } from '../../representation/entity-tag.ts'
import { resultsFields } from '../../representation/messages.ts'
import { encodeResults } from '../../representation/results-encoding.ts'
import { answerEncoded, representationOf } from '../answer.ts'
import { cacheHeaders, resultsPolicy, varies } from '../cache-policy.ts'
import { type Http, refused } from '../http.ts'
import { fieldsAsked, onlyParameters } from '../query.ts'
import { respond } from '../respond.ts'
import { watcherOf } from '../watcher.ts'

export const results = new Hono<Http>()
  .get('/:pollId/results', async (c) => {
    const fresh =
      c.get('caller').kind !== 'anonymous' && /\bno-cache\b/.test(c.req.header('cache-control') ?? '')
    const order = { ...watcherOf(c, c.req.param('pollId')), fresh }
    const read = await c.get('services').readResults(order, c.get('signal'))
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
    if (namesTag(c.req.header('if-none-match') ?? null, tag)) return respond(c, null, 304, headers)
    return answerEncoded(c, encodeResults(snapshot, c.get('speech').format, fields.value), 200, headers)
  })

  .get('/:pollId/results/live', async (c) => {
    const pollId = c.req.param('pollId')
    const allowed = await c.get('services').mayWatch(watcherOf(c, pollId, true), c.get('signal'))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const parameters = onlyParameters(c, ['receipt'])
    if (!parameters.ok) return refused(c, parameters.refusal)
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return refused(c, { reason: 'upgrade-required' })
    const poll = await c.get('services').readPoll({ pollId }, c.get('signal'))
    if (!poll.ok) return refused(c, poll.refusal)
    const origin = c.req.header('origin')
    const { allowedOrigins } = poll.value
    if (
      origin !== undefined &&
      allowedOrigins.length > 0 &&
      ![...allowedOrigins, new URL(c.req.url).origin].includes(origin)
    )
      return refused(c, { reason: 'origin-not-allowed' })
    // The object's 101 goes back untouched: the edge holds no socket, so publishing a new edge ends none.
    return c.get('services').watch(pollId, c.req.raw)
  })
