// Results: read once, or watched live.
import { Hono } from 'hono'
import { entityTag, namesTag } from '../../representation/entity-tag.ts'
import { cacheHeaders } from '../cache-policy.ts'
import { type Http, refused } from '../http.ts'
import { watcherOf } from '../watcher.ts'

export const results = new Hono<Http>()
  .get('/:pollId/results', async (c) => {
    const fresh =
      c.var.caller.kind !== 'anonymous' && /\bno-cache\b/.test(c.req.header('cache-control') ?? '')
    const order = { ...watcherOf(c, c.req.param('pollId')), fresh }
    const read = await c.var.services.readResults(order, c.var.signal)
    if (!read.ok) return refused(c, read.refusal)
    const { snapshot, open } = read.value
    const policy = !open ? 'hidden' : snapshot.final ? 'final-results' : 'results'
    const tag = entityTag('results', snapshot.version)
    const headers = { ETag: tag, Vary: 'Accept', ...cacheHeaders(c, policy, read.value) }
    if (namesTag(c.req.header('if-none-match') ?? null, tag)) return c.body(null, 304, headers)
    return c.body(snapshot.document, 200, { ...headers, 'Content-Type': 'application/json' })
  })

  .get('/:pollId/results/live', async (c) => {
    const pollId = c.req.param('pollId')
    const allowed = await c.var.services.mayWatch(watcherOf(c, pollId, true), c.var.signal)
    if (!allowed.ok) return refused(c, allowed.refusal)
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return refused(c, { reason: 'upgrade-required' })
    const poll = await c.var.services.readPoll({ pollId }, c.var.signal)
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
    return c.var.services.watch(pollId, c.req.raw)
  })
