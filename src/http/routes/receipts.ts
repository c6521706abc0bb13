// Proofs: that a ballot is in the log, where the log stands, and the keys that sign both.

import { Hono } from 'hono'
import { answer } from '../answer.ts'
import { unkept } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { problemOf } from '../problems.ts'
import { onlyParameters } from '../query.ts'
import { watcherOf } from '../watcher.ts'

export const receipts = new Hono<Http>().get('/:pollId/receipts/:ballotId', async (c) => {
  const { pollId, ballotId } = c.req.param()
  // A place in the log is a lower bound of how many have voted.
  const allowed = await c.get('services').mayWatch(watcherOf(c, pollId), signalOf(c))
  if (!allowed.ok) return refused(c, allowed.refusal)
  const proof = await c.get('services').proveBallot({ pollId, ballotId }, signalOf(c))
  if (!proof.ok) return refused(c, proof.refusal)
  const parameters = onlyParameters(c)
  if (!parameters.ok) return refused(c, parameters.refusal)
  const { checkpoint, ...inclusion } = proof.value
  const document = {
    ...inclusion,
    checkpoint: checkpoint && {
      ...checkpoint,
      signature: await c.get('services').receipts.signCheckpoint(checkpoint),
    },
  }
  if (inclusion.entry.kind !== 'erase') return answer(c, document, 200, unkept, 'proof')
  const { status, body } = problemOf(
    { reason: 'ballot-erased' },
    new URL(c.req.url).origin,
    c.get('requestId'),
  )
  c.set('code', 'ballot-erased')
  return c.body(JSON.stringify({ ...body, proof: document }), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  })
})

export const keySet = new Hono<Http>().get('/.well-known/jwks.json', (c) =>
  c.body(JSON.stringify(c.get('services').receipts.keys()), 200, {
    'Content-Type': 'application/jwk-set+json',
    'Cache-Control': 'public, max-age=3600',
  }),
)
