// The Meter as the platform runs it: what it answered outlives eviction, and what boxes and isolates say arrives.
import { abortAllDurableObjects, evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { meterClient } from '../../src/telemetry/meter/client.ts'
import type { Batch } from '../../src/telemetry/meter/protocol.ts'
import { aFoundedPoll, castIn } from './polls.ts'

const key = 'edgepoll_http_refusals_total|overloaded'
const aBatch = (source: string, sequence: number): Batch => ({
  source,
  sequence,
  colo: 'FRA',
  counters: { [key]: 1 },
  histograms: {},
  gauges: {},
})

describe('a Meter object', () => {
  it('knows after an eviction and after a crash what it has answered, and counts it once', async () => {
    const shard = env.METER.get(env.METER.idFromName('meter of a test'))
    await shard.flush(aBatch('edge-1', 1))
    await evictDurableObject(shard)
    await shard.flush(aBatch('edge-1', 1))
    await shard.flush(aBatch('edge-1', 2))
    await abortAllDurableObjects()
    const again = env.METER.get(env.METER.idFromName('meter of a test'))
    await again.flush(aBatch('edge-1', 2))
    expect((await again.read()).counters[key]).toBe(2)
  })

  it('hears from boxes how many ballots are durable', async () => {
    const meter = meterClient(env.METER)
    const before = (await meter.read()).counters['edgepoll_ballots_counted_total'] ?? 0
    const poll = await aFoundedPoll()
    for (let voter = 0; voter < 3; voter++) await castIn(poll, `voter-of-the-meter-${voter}`)
    await expect
      .poll(async () => (await meter.read()).counters['edgepoll_ballots_counted_total'], { timeout: 30_000 })
      .toBeGreaterThanOrEqual(before + 3)
  })
})
