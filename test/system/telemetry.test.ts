// What an operator sees: a real Prometheus scrapes the running stack, and an alert fires because something is wrong, and only
// as long as it is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '../../dev/stack.ts'
import { alertRules } from '../../ops/alert-rules.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { addressOf, through } from '../support/faulty-stores.ts'
import { withPostgres } from '../support/postgres.ts'
import { clientOf, eventually, type SystemClient } from './client.ts'
import { type Collector, startCollector } from './collector.ts'
import { hasPrometheus, type Prometheus, startPrometheus } from './prometheus.ts'

/** Windows and limits of the rules are this much shorter: five minutes of lag are two seconds. */
const speed = 150

describe.skipIf(!hasPrometheus)('a real Prometheus', () => {
  const postgres = withPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'edgepoll-telemetry-'))
  let server: FaultProxy
  let stack: Stack
  let client: SystemClient
  let prometheus: Prometheus
  let collector: Collector

  beforeAll(async () => {
    server = await startFaultProxy({ upstream: () => addressOf(postgres.url) })
    collector = await startCollector()
    const often = {
      METRICS_FLUSH_MS: '500',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=a-key',
      OTEL_TRACES_SAMPLER_ARG: '1',
    }
    stack = await startStack({
      dataFolder: folder,
      databaseUrl: through(server, postgres.url),
      bindings: { edge: often, count: { ...often, RESEND_AFTER_MS: '2000' }, archive: often },
    })
    client = clientOf(stack.url)
    prometheus = await startPrometheus(stack, alertRules(speed))
  })

  afterAll(async () => {
    await prometheus?.stop()
    await client?.close()
    await stack?.stop()
    await collector?.stop()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const vote = async (voter: number) => {
    const { status, text } = await client.ask('POST', `/v1/polls/${stack.demoPollId}/ballots`, {
      headers: { 'Voter-Id': `voter-of-telemetry-${voter}` },
      body: { answers },
    })
    expect(status, text).toBe(201)
  }
  let answers: Readonly<Record<string, unknown>> = {}

  test('scrapes it, and finds what happened', async () => {
    const poll = await client.ask('GET', `/v1/polls/${stack.demoPollId}`)
    const [question] = poll.json.questions
    answers = { [question.id]: [question.options[0].id] }
    for (let voter = 0; voter < 20; voter++) await vote(voter)
    await client.ask('POST', '/v1/rum', { body: { lcp: 0.5 } })
    await eventually(
      () => prometheus.value('edgepoll_ballots_counted_total'),
      (counted) => counted === 20,
    )
    expect(await prometheus.health()).toBe('up')
    await eventually(
      () => prometheus.value('edgepoll_ballots_unarchived'),
      (unarchived) => unarchived === 0,
    )
    const cast =
      'edgepoll_http_request_duration_seconds_count{route="/v1/polls/:pollId/ballots",method="POST",class="2xx"}'
    await eventually(
      () => prometheus.value(`sum(${cast})`),
      (count) => count === 20,
    )
    for (const series of [
      'edgepoll_box_commit_duration_seconds_count',
      'edgepoll_queue_lag_seconds_count',
      'edgepoll_dependency_call_duration_seconds_count{dependency="postgres"}',
      'edgepoll_rum_duration_seconds_count{vital="lcp"}',
      'edgepoll_telemetry_sources',
    ])
      await eventually(
        () => prometheus.value(`sum(${series})`),
        (value) => (value ?? 0) > 0,
      )
    await eventually(
      () => prometheus.firing(),
      (firing) => !firing.includes('ArchiveLagging'),
    )
  })

  test('a ballot is one trace, from the edge through its box and the queue to Postgres', async () => {
    await vote(2_000)
    const traced = (service: string, name: string) =>
      collector.spans.filter((span) => span.service === service && span.name === name)
    const whole = await eventually(
      async () =>
        traced('edgepoll-edge', 'POST /v1/polls/:pollId/ballots').flatMap((cast) => {
          const commits = traced('edgepoll-count', 'commit ballots').filter(
            ({ traceId, parentId }) => traceId === cast.traceId && parentId === cast.spanId,
          )
          return commits.flatMap((commit) =>
            traced('edgepoll-archive', 'archive ballots').filter(
              ({ traceId, parentId }) => traceId === cast.traceId && parentId === commit.spanId,
            ),
          )
        }),
      (archived) => archived.length > 0,
    )
    expect(whole[0]?.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(collector.wrong).toEqual([])
  })

  test('says that ballots do not get to Postgres while it is silent, and no longer', async () => {
    server.impose({ stalled: true })
    await vote(1_000)
    const during = await eventually(
      () => prometheus.firing(),
      (firing) => firing.includes('ArchiveLagging'),
    )
    expect(server.fired().stall).toBeGreaterThan(0)
    expect(during).not.toContain('BallotsUnavailable') // voting goes on
    server.heal()
    await eventually(
      () => prometheus.firing(),
      (firing) => !firing.includes('ArchiveLagging'),
      120_000,
    )
    await eventually(
      () => prometheus.value('edgepoll_ballots_unarchived'),
      (unarchived) => unarchived === 0,
    )
  })
})
