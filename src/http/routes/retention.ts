// What the schedule does by itself, a step at a time by the operator's hand: deletes what was kept long enough.

import { Hono } from 'hono'
import { requireOperator } from '../../application/identify-caller.ts'
import type { RetentionPlace } from '../../application/retention-ports.ts'
import { fromBase64Url, toBase64Url } from '../../kernel/bytes.ts'
import { answer } from '../answer.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { onlyParameters } from '../query.ts'

/** A request has ten seconds, and a removal may wait for five. */
const pollsAtOnce = 20
const rowsAtOnce = 2_000

export const retention = new Hono<Http>()
  .post('/retention/polls', async (c) => {
    const allowed = requireOperator(c.get('caller'))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const known = onlyParameters(c, ['cursor', 'dryRun'])
    if (!known.ok) return refused(c, known.refusal)
    const { cursor, dryRun } = c.req.query()
    const after = cursor === undefined ? null : placeOf(cursor)
    if (cursor !== undefined && after === null)
      return refused(c, { reason: 'query-invalid', detail: '`cursor` is none that this round gave out.' })
    const order = { after, limit: pollsAtOnce, dryRun: dryRun === 'true' }
    const { next, seen: _seen, ...step } = await c.get('services').retirePolls(order, signalOf(c))
    const document = {
      ...step,
      polls: step.polls.map((poll) => ({ ...poll, closedAt: new Date(poll.closedAt).toISOString() })),
      nextCursor: next === null ? null : cursorOf(next),
    }
    return answer(c, document, 200, { 'Cache-Control': 'no-store' })
  })

  .post('/retention/rows', async (c) => {
    const allowed = requireOperator(c.get('caller'))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const known = onlyParameters(c, ['dryRun'])
    if (!known.ok) return refused(c, known.refusal)
    const order = { limit: rowsAtOnce, dryRun: c.req.query('dryRun') === 'true' }
    return answer(c, await c.get('services').forgetAged(order, signalOf(c)), 200, {
      'Cache-Control': 'no-store',
    })
  })

const cursorOf = (place: RetentionPlace): string =>
  toBase64Url(new TextEncoder().encode(`${place.createdAt}.${place.workspaceId}.${place.pollId}`))

/** null: no cursor of ours. */
const placeOf = (cursor: string): RetentionPlace | null => {
  if (!/^[A-Za-z0-9_-]{8,200}$/.test(cursor)) return null
  const [, createdAt, workspaceId, pollId] =
    /^(\d{1,15})\.(ws_\w{1,40})\.(poll_\w{1,40})$/.exec(new TextDecoder().decode(fromBase64Url(cursor))) ?? []
  return createdAt === undefined || workspaceId === undefined || pollId === undefined
    ? null
    : { createdAt: Number(createdAt), workspaceId, pollId }
}
