// What the operator does by hand or by schedule (root key): compare box and Postgres, bring dead letters back.

import { Hono } from 'hono'
import { requireOperator } from '../../application/identify-caller.ts'
import { answer } from '../answer.ts'
import { keyed } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'

const pollsAtOnce = 500

export const operator = new Hono<Http>()
  .get('/polls', async (c) => {
    const allowed = requireOperator(c.get('caller'))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const after = c.req.query('after') || null
    // What is no id Postgres may not even take, as U+0000.
    if (after !== null && !/^poll_\w+$/.test(after))
      return refused(c, { reason: 'query-invalid', detail: '`after` must be the id of a poll.' })
    const pollIds = await c.get('services').pollIds(after, pollsAtOnce, signalOf(c))
    const next = pollIds.length === pollsAtOnce ? (pollIds.at(-1) ?? null) : null
    return answer(c, { pollIds, next }, 200, keyed)
  })

  .post('/polls/:pollId/reconcile', async (c) => {
    const allowed = requireOperator(c.get('caller'))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const audit = await c.get('services').auditPoll({ pollId: c.req.param('pollId') }, signalOf(c))
    return audit.ok ? answer(c, audit.value, 200, { 'Cache-Control': 'no-store' }) : refused(c, audit.refusal)
  })

  .post('/dead-letters/redrive', async (c) => {
    const allowed = requireOperator(c.get('caller'))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const done = await c.get('services').redriveLetters({ limit: 100 }, signalOf(c))
    return answer(c, done, 200, { 'Cache-Control': 'no-store' })
  })
