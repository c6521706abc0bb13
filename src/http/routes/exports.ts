// Exports: a poll's ballots from the archive, streamed with flat memory.
import { Hono } from 'hono'
import { exportLine } from '../../representation/export-line.ts'
import { type Http, refused } from '../http.ts'
import { ownedPoll } from '../owned-poll.ts'

export const exports = new Hono<Http>().get('/:pollId/export', async (c) => {
  const owned = await ownedPoll(c, c.req.param('pollId'), 'exports:read')
  if (!owned.ok) return refused(c, owned.refusal)
  if ((c.req.query('format') ?? 'ndjson') !== 'ndjson')
    return refused(c, { reason: 'query-invalid', detail: '`format` must be ndjson.' })
  // A long download outlives the request's deadline; each page of it has its own.
  const gone = c.req.raw.signal
  const exported = await c.get('services').exportBallots(owned.value, gone)
  if (!exported.ok) return refused(c, exported.refusal)
  const { ballots, archived, accepted } = exported.value
  const rows = ballots[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let lines = ''
      while (lines.length < 65_536) {
        const { value, done } = await rows.next()
        if (done) {
          controller.enqueue(encoder.encode(lines))
          return controller.close()
        }
        lines += exportLine(value)
      }
      controller.enqueue(encoder.encode(lines))
    },
  })
  return c.body(body, 200, {
    'Content-Type': 'application/x-ndjson',
    'Content-Disposition': `attachment; filename="${c.req.param('pollId')}.ndjson"`,
    'Cache-Control': 'private, no-store',
    'Edgepoll-Archived': `${archived}/${accepted}`,
  })
})
