// What one event stream asks of others, where nobody else reads its poll at that location: all of it counts as its own.
import { expect, test } from 'vitest'
import { followResults } from '../../src/application/follow-results.ts'
import type { PollBook, ReceiptBook, Scoreboards } from '../../src/application/ports.ts'
import { readResults } from '../../src/application/read-results.ts'
import type { ColoCache } from '../../src/cache/colo-tier.ts'
import { longestStreamMs } from '../../src/http/routes/results.ts'
import { rememberResults, rememberViews } from '../../src/runtime/remember.ts'
import { aDefinition } from '../support/polls.ts'
import { aTimeline } from '../support/timeline.ts'

/** The platform's limit a request. */
const mostAsked = 1_000

test('stays below what a Worker may ask a request, for as long as it lives', async () => {
  const time = aTimeline()
  let asked = 0
  const counted = async <Answer>(answer: Answer): Promise<Answer> => {
    asked++
    return answer
  }
  const kept = new Map<string, string>()
  const colo: ColoCache = {
    match: (key) => counted(kept.has(key) ? new Response(kept.get(key)) : undefined),
    put: async (key, answer) => void kept.set(key, await counted(await answer.text())),
    delete: (key) => counted(kept.delete(key)),
  }
  const definition = aDefinition()
  const pollId = definition.poll.id
  const document = JSON.stringify({ pollId, version: 1 })
  const snapshot = { pollId, version: 1, final: false, document, pairwise: null }
  const boards: PollBook & Pick<Scoreboards, 'snapshot'> = {
    find: () => counted(definition),
    snapshot: () => counted({ value: snapshot, from: 'origin' as const, ageMs: 0, stale: false }),
  }
  const around = {
    clock: time.clock,
    random: { bytes: () => new Uint8Array(16), fraction: () => 0 },
    waitUntil: (work: Promise<unknown>) => void work,
    colo,
    kv: { get: () => counted(null), put: async () => {}, delete: async () => {} },
    report: () => {},
  }
  const verify: ReceiptBook['verify'] = async () => null
  const read = readResults({
    pollViews: rememberViews(boards, around),
    results: rememberResults(boards, around),
    scoreboards: boards,
    receipts: { verify },
    clock: time.clock,
  })
  const pause = (delayMs: number) => time.advance(delayMs)
  const order = { pollId, receipt: null, workspaceId: null, since: -1, lifeMs: longestStreamMs }
  const stream = followResults({ readResults: read, pause, clock: time.clock })(
    order,
    new AbortController().signal,
  )
  for await (const _ of stream);
  expect(asked).toBeGreaterThan(mostAsked / 2)
  expect(asked).toBeLessThan(mostAsked)
})
