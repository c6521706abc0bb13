// GET /metrics and POST /v1/rum over the real app: who may, in which format, and what is in it.
import { execFileSync, spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { metrics } from '../../src/telemetry/metrics.ts'
import { type Api, anApi, rootKey } from '../support/api.ts'

let api: Api
const scrape = (accept?: string) =>
  api.ask('GET', '/metrics', { key: rootKey, headers: accept === undefined ? {} : { Accept: accept } })
const beacon = (body: unknown, headers: Record<string, string> = {}) =>
  api.ask('POST', '/v1/rum', { body, headers })

beforeAll(async () => {
  api = anApi()
  const { id } = await api.aPoll()
  await api.vote(id)
  await api.ask('GET', `/v1/polls/${id}/results`)
  await api.ask('GET', '/v1/polls/poll_none')
})

describe('the metrics', () => {
  test('are for the operator alone', async () => {
    expect((await api.ask('GET', '/metrics')).json.code).toBe('key-required')
    expect((await api.ask('GET', '/metrics', { key: api.key() })).json.code).toBe('key-invalid')
  })

  test('are OpenMetrics, unless the older text is asked for', async () => {
    // What Prometheus 2.42 sends.
    const prometheus =
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
    const open = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
    const text = 'text/plain; version=0.0.4; charset=utf-8'
    for (const [accept, type] of [
      [undefined, open],
      [prometheus, open],
      ['text/plain', text],
      ['text/plain;version=0.0.4', text],
    ] as const) {
      const { headers, text: body } = await scrape(accept)
      expect(headers.get('content-type')).toBe(type)
      expect(body.endsWith('# EOF\n')).toBe(type === open)
    }
    expect((await scrape('image/png')).json.code).toBe('not-acceptable')
  })

  test('say what was asked, how it went and what is behind', async () => {
    const { text } = await scrape()
    expect(text).toMatch(
      /^edgepoll_http_request_duration_seconds_count\{route="\/v1\/polls\/:pollId\/ballots",method="POST",class="2xx",colo="none"\} 1$/m,
    )
    expect(text).toMatch(/^edgepoll_http_refusals_total\{code="poll-not-found"\} 1$/m)
    expect(text).toMatch(/^edgepoll_cache_reads_total\{what="results",tier="\w+"\} [1-9]/m)
    expect(text).toMatch(/^# TYPE edgepoll_http_refusals counter$/m)
  })

  test.skipIf(spawnSync('promtool', ['--version']).error !== undefined)(
    'pass promtool check metrics',
    async () => {
      const { text } = await scrape('text/plain')
      const said = execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
      expect(said.trim()).toBe('')
    },
  )

  test('are described, each of them', () => {
    for (const [name, { kind }] of Object.entries(metrics))
      expect(name.endsWith('_total')).toBe(kind === 'counter')
  })
})

describe('what browsers measured', () => {
  test('is seen in the metrics, under names that nobody outside chooses', async () => {
    const sent = await beacon({ lcp: 0.8, cls: 0.01, vote: 0.12 })
    expect([sent.status, sent.text]).toEqual([204, ''])
    const { text } = await scrape()
    expect(text).toMatch(/^edgepoll_rum_duration_seconds_count\{vital="vote"\} 1$/m)
    expect(text).toMatch(/^edgepoll_rum_layout_shift_ratio_count 1$/m)
  })

  test.each([
    ['nothing', {}],
    ['a vital there is none of', { colour: 1 }],
    ['a negative number', { lcp: -1 }],
    ['more than can be', { vote: 61 }],
    ['no number', { lcp: 'NaN' }],
    ['a list', [1]],
  ])('is refused when it is %s', async (_what, body) => {
    const { status, json } = await beacon(body)
    expect([status, json.code]).toEqual([400, 'body-malformed'])
  })

  test('is tiny, and JSON', async () => {
    expect((await beacon({ lcp: 1, padding: 'x'.repeat(600) })).status).toBe(413)
    expect((await beacon('lcp=1', { 'Content-Type': 'text/plain' })).status).toBe(415)
  })

  test('comes from our own page, where a browser says from where', async () => {
    const { json } = await beacon({ lcp: 1 }, { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.test' })
    expect(json.code).toBe('origin-not-allowed')
  })
})
