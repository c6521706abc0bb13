// Exports: a poll's ballots from the archive, streamed with flat memory.
import { Hono } from 'hono'
import { exportFormats, exportWriting } from '../../representation/export-formats.ts'
import { keyed } from '../cache-policy.ts'
import { exportStream } from '../export-stream.ts'
import { type Http, refused } from '../http.ts'
import { ownedPoll } from '../owned-poll.ts'
import { onlyParameters } from '../query.ts'
import { respond } from '../respond.ts'

export const exports = new Hono<Http>().get('/:pollId/export', async (c) => {
  const pollId = c.req.param('pollId')
  const owned = await ownedPoll(c, pollId, 'exports:read')
  if (!owned.ok) return refused(c, owned.refusal)
  const parameters = onlyParameters(c, ['format'])
  if (!parameters.ok) return refused(c, parameters.refusal)
  const asked = c.req.query('format') ?? 'ndjson'
  const format = exportFormats.find((each) => each === asked)
  if (format === undefined)
    return refused(c, {
      reason: 'query-invalid',
      detail: `\`format\` must be one of ${exportFormats.join(', ')}.`,
    })

  // A long download outlives the request's deadline; each page of it has its own.
  const left = new AbortController()
  const gone = AbortSignal.any([c.req.raw.signal, left.signal])
  const { exportBallots, report } = c.get('services')
  const exported = await exportBallots(owned.value, gone)
  if (!exported.ok) return refused(c, exported.refusal)
  const { poll, pages, archived, accepted } = exported.value
  const writing = exportWriting(format, poll)
  const stop = () => left.abort(new DOMException('nobody reads on', 'AbortError'))
  const failed = (error: unknown) => {
    if (!gone.aborted) report({ type: 'export-failed', pollId, format, error: String(error) })
  }
  const body = c.req.raw.method === 'HEAD' ? null : exportStream({ pages, writing, stop, failed })
  if (body === null) stop()
  return respond(c, body, 200, {
    'Content-Type': writing.mediaType,
    'Content-Disposition': `attachment; filename="${pollId}.${format}"`,
    ...keyed,
    'Edgepoll-Archived': `${archived}/${accepted}`,
  })
})
