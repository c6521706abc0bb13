// Results: read once, or watched live.

import { type Context, Hono } from 'hono'
import { allowsOrigin, type LiveOrder } from '../../application/open-live.ts'
import type { ResultsOrder } from '../../application/read-results.ts'
import { accept } from '../../kernel/result.ts'
import { entityTag, namesTag } from '../../representation/entity-tag.ts'
import { resultsFields } from '../../representation/messages.ts'
import { encodeResults } from '../../representation/results-encoding.ts'
import { answerEncoded, representationOf } from '../answer.ts'
import { cacheHeaders, liveHeaders, resultsPolicy, varies } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { eventHeaders, eventStream, wantsEvents } from '../event-stream.ts'
import { type Http, refused } from '../http.ts'
import { fieldsAsked, onlyParameters } from '../query.ts'
import { originOf } from '../request-headers.ts'
import { respond } from '../respond.ts'
import { knownAddress, versionHeld, watcherOf } from '../watcher.ts'

export const results = new Hono<Http>()
  .get('/:pollId/results', async (c) => {
    const fresh =
      c.get('caller').kind !== 'anonymous' && /\bno-cache\b/.test(c.req.header('cache-control') ?? '')
    const order = { ...watcherOf(c, c.req.param('pollId')), fresh }
    const { recallResults, readResults } = c.get('services')
    // What nearly everybody asks for is at hand, and waits for nothing.
    const recalled = fresh ? null : recallResults(order.pollId)
    const read = recalled === null ? await readResults(order, signalOf(c)) : accept(recalled)
    if (!read.ok) return refused(c, read.refusal)
    const fields = fieldsAsked(c, resultsFields)
    if (!fields.ok) return refused(c, fields.refusal)
    const { snapshot, open } = read.value
    const tag = entityTag('results', snapshot.version, representationOf(c, fields.value))
    const headers = {
      ETag: tag,
      ...varies,
      ...cacheHeaders(c, snapshot.pollId, resultsPolicy(snapshot, open), read.value),
      ...liveHeaders(read.value),
    }
    if (namesTag(c.req.header('if-none-match') ?? null, tag)) return respond(c, null, 304, headers)
    return answerEncoded(c, encodeResults(snapshot, c.get('speech').format, fields.value), 200, headers)
  })

  .get('/:pollId/results/live', async (c) => {
    const order = watcherOf(c, c.req.param('pollId'), true)
    const allowed = await c.get('services').mayWatch(order, signalOf(c))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const parameters = onlyParameters(c, ['receipt', 'version'])
    if (!parameters.ok) return refused(c, parameters.refusal)
    const holds = versionHeld(c)
    if (!holds.ok) return refused(c, holds.refusal)
    // A HEAD is answered by this route too, and its 101 would hold a socket that nobody has.
    const upgrades = c.req.method === 'GET' && c.req.header('upgrade')?.toLowerCase() === 'websocket'
    if (!upgrades && !wantsEvents(c.req.header('accept'))) return refused(c, { reason: 'upgrade-required' })
    const page = { origin: c.req.header('origin') ?? null, ownOrigin: new URL(c.req.url).origin }
    if (!allowsOrigin(allowed.value.poll, page)) return refused(c, { reason: 'origin-not-allowed' })
    return upgrades
      ? opened(c, { ...order, ...page, holds: holds.value ?? 0 })
      : streamed(c, order, holds.value)
  })

type Page = Pick<LiveOrder, 'origin' | 'ownOrigin' | 'holds'>

const opened = async (c: Context<Http>, order: ResultsOrder & Page): Promise<Response> => {
  const viewer = { address: knownAddress(c), region: originOf(c.req.raw).region, upgrade: c.req.raw }
  const socket = await c.get('services').openLive({ ...order, ...viewer }, signalOf(c))
  // The relay's 101 goes back untouched: the edge holds no socket, so publishing a new edge ends none.
  return socket.ok ? socket.value : refused(c, socket.refusal)
}

const streamed = async (c: Context<Http>, order: ResultsOrder, holds: number | null): Promise<Response> => {
  const { readResults, followResults, random } = c.get('services')
  const read = await readResults(order, signalOf(c))
  if (!read.ok) return refused(c, read.refusal)
  const { final, version } = read.value.snapshot
  // A browser that is sent nothing does not come back.
  if (final && holds !== null && holds >= version)
    return respond(c, null, 204, { 'Cache-Control': 'no-store' })
  const gone = new AbortController()
  const lifeMs = shortestStreamMs + random.fraction() * (longestStreamMs - shortestStreamMs)
  const followed = followResults({ ...order, since: holds ?? -1, lifeMs }, gone.signal)
  const retryMs = Math.round(2_000 + random.fraction() * 3_000)
  return respond(c, eventStream(followed, { retryMs, stop: () => gone.abort() }), 200, eventHeaders)
}

/** A stream that is alone at its location pays for every look, once a second, itself: it asks two tiers and the origin, and puts
 *  the answer into the nearer tier, which looks first whether it has something newer: five of the 1,000 that a Worker may
 *  ask a request, and as much once in ten seconds for the poll. Streams that began together do not end together. */
const shortestStreamMs = 140_000
export const longestStreamMs = shortestStreamMs * 1.25
