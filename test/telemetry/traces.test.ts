// Which spans are kept for the collector, and what becomes of those it does not take.
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import { tracesSink } from '../../src/telemetry/sinks/traces.ts'
import type { Span } from '../../src/telemetry/spans/span-of.ts'

const traceId = (n: number) => n.toString(16).padStart(32, '0')

const aRequest = (n: number, but: Partial<Extract<Event, { type: 'request' }>> = {}): Event => ({
  type: 'request',
  requestId: 'a-request',
  route: '/v1/polls/:pollId/results',
  method: 'GET',
  status: 200,
  durationMs: 20,
  colo: '',
  trace: { traceId: traceId(n), spanId: 'aaaaaaaaaaaaaaaa', sampled: false },
  ...but,
})

const aCall = (n: number, sampled = false): Event => ({
  type: 'dependency-asked',
  dependency: 'postgres',
  outcome: 'answered',
  durationMs: 5,
  trace: { traceId: traceId(n), spanId: 'aaaaaaaaaaaaaaab', parentId: 'aaaaaaaaaaaaaaaa', sampled },
})

const aSink = () => {
  const stand = {
    now: 1_000_000,
    sent: [] as Span[],
    told: [] as Event[],
    answer: async () => {},
    names: () => stand.sent.map(({ name }) => name),
  }
  const sink = tracesSink({
    clock: { now: () => stand.now },
    send: async (spans) => {
      await stand.answer()
      stand.sent.push(...spans)
    },
    everyMs: 10_000,
    slowMs: 1_000,
    waitUntil: (work) => void work,
    report: (event) => void stand.told.push(event),
  })
  return { ...sink, stand }
}

describe('a span is kept', () => {
  test('of a trace that all keep', async () => {
    const { report, flush, stand } = aSink()
    report(aCall(1, true))
    report(aRequest(1, { trace: { traceId: traceId(1), spanId: 'aaaaaaaaaaaaaaaa', sampled: true } }))
    await flush()
    expect(stand.names()).toEqual(['ask postgres', 'GET /v1/polls/:pollId/results'])
    expect(stand.sent[0]).toMatchObject({ kind: 'client', began: 999_995, ended: 1_000_000, failed: false })
  })

  test.each<[string, object]>([
    ['that failed', { status: 503, code: 'unavailable' }],
    ['that was slow', { durationMs: 1_000 }],
  ])('with what it asked, of a request %s', async (_which, how) => {
    const { report, flush, stand } = aSink()
    report(aCall(1))
    report(aCall(2))
    report(aRequest(1, how))
    await flush()
    expect(stand.sent.map(({ name, place }) => [name, place.traceId])).toEqual([
      ['GET /v1/polls/:pollId/results', traceId(1)],
      ['ask postgres', traceId(1)],
    ])
  })

  test('of no other', async () => {
    const { report, flush, stand } = aSink()
    report(aCall(1))
    report(aRequest(1))
    report({ ...aRequest(2), trace: undefined } as unknown as Event) // as from code that traces nothing
    report(aRequest(1, { status: 404 }))
    await flush()
    expect(stand.sent).toEqual([])
  })
})

describe('what is kept is bounded', () => {
  test('in requests that never end, the oldest first', async () => {
    const { report, flush, stand } = aSink()
    for (let n = 1; n <= 1_001; n++) report(aCall(n))
    report(aRequest(1, { status: 500 }))
    report(aRequest(2, { status: 500 }))
    await flush()
    expect(stand.sent.filter(({ kind }) => kind === 'client').map(({ place }) => place.traceId)).toEqual([
      traceId(2),
    ])
  })

  test('in spans while a collector hangs, and what was too much is told', async () => {
    const { report, flush, stand } = aSink()
    let open = () => {}
    stand.answer = () => new Promise<void>((resolve) => (open = resolve))
    for (let n = 1; n <= 3_000; n++) report(aRequest(n, { status: 500 }))
    open()
    stand.answer = async () => {}
    await flush()
    expect(stand.sent.length).toBeLessThanOrEqual(2_048 + 256)
    expect(stand.told).toContainEqual({
      type: 'spans-lost',
      spans: 3_000 - stand.sent.length,
      error: 'there were too many',
    })
  })
})

describe('spans are sent', () => {
  test('behind what comes after ten seconds, or when they are many', () => {
    const { report, stand } = aSink()
    let sendings = 0
    stand.answer = async () => void sendings++
    report(aRequest(1, { status: 500 }))
    expect(sendings).toBe(0)
    stand.now += 10_000
    report({ type: 'relay-woke', relay: 'any event will do', viewers: 0 })
    expect(sendings).toBe(1)
  })

  test('and lost where the collector does not take them, which is told', async () => {
    const { report, flush, stand } = aSink()
    stand.answer = () => Promise.reject(new Error('the collector answered 503'))
    report(aRequest(1, { status: 500 }))
    await flush()
    expect(stand.told).toEqual([{ type: 'spans-lost', spans: 1, error: 'Error: the collector answered 503' }])
    stand.answer = async () => {}
    await flush()
    expect(stand.sent).toEqual([])
  })
})
