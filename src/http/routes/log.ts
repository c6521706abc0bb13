// The public log, as NDJSON. It shows how many have voted, so it is shown to whom results are.

import { Hono } from 'hono'
import type { LogPage } from '../../application/ports.ts'
import type { Poll } from '../../domain/poll/poll.ts'
import { answer } from '../answer.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { onlyParameters, wholeNumber } from '../query.ts'
import { watcherOf } from '../watcher.ts'

const linesAtOnce = 5_000

export const log = new Hono<Http>()
  .get('/:pollId/log', async (c) => {
    const pollId = c.req.param('pollId')
    const allowed = await c.get('services').mayWatch(watcherOf(c, pollId), signalOf(c))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const parameters = onlyParameters(c, ['shard', 'cursor'])
    if (!parameters.ok) return refused(c, parameters.refusal)
    const shard = wholeNumber(c.req.query('shard') ?? '0', 0, 255)
    const after = wholeNumber(c.req.query('cursor') ?? '0', 0, Number.MAX_SAFE_INTEGER)
    if (shard === null || after === null)
      return refused(c, { reason: 'query-invalid', detail: '`shard` and `cursor` must be whole numbers.' })
    const page = await c.get('services').readLog({ pollId, shard, after, limit: linesAtOnce }, signalOf(c))
    if (!page.ok) return refused(c, page.refusal)
    const { next } = page.value
    return c.body(linesOf(page.value, after), 200, {
      'Content-Type': 'application/x-ndjson',
      'Cache-Control': 'no-store',
      ...(next !== null && {
        Link: `<${new URL(c.req.url).pathname}?shard=${shard}&cursor=${next}>; rel="next"`,
      }),
    })
  })

  .get('/:pollId/log/checkpoint', async (c) => {
    const pollId = c.req.param('pollId')
    const allowed = await c.get('services').mayWatch(watcherOf(c, pollId), signalOf(c))
    if (!allowed.ok) return refused(c, allowed.refusal)
    const parameters = onlyParameters(c)
    if (!parameters.ok) return refused(c, parameters.refusal)
    const found = await c.get('services').readCheckpoints({ pollId }, signalOf(c))
    if (!found.ok) return refused(c, found.refusal)
    const { receipts } = c.get('services')
    const checkpoints = await Promise.all(
      found.value.map(async (checkpoint) => ({
        ...checkpoint,
        signature: await receipts.signCheckpoint(checkpoint),
      })),
    )
    return answer(c, { pollId, checkpoints }, 200, { 'Cache-Control': 'no-store' })
  })

/** Each shard's log begins with what is needed to count it, and each page ends with where the chain stands. */
const linesOf = (
  { entries, standing, next, poll }: LogPage & { readonly poll: Poll },
  after: number,
): string => {
  const { pollId, shard, seq, head } = standing
  const lines = [
    ...(after === 0 ? [{ kind: 'poll', pollId, shard, shards: poll.shards, questions: poll.questions }] : []),
    ...entries,
    ...(next === null ? [{ kind: 'head', pollId, shard, seq, head }] : []),
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
