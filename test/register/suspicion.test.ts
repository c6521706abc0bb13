// A network that brings in new voters faster than people do.
import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import { suspicion } from '../../src/register/suspicion.ts'

const limiterOf = (most: number) => {
  const counts = new Map<string, number>()
  return {
    limit: async ({ key }: { key: string }) => {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return { success: (counts.get(key) ?? 0) <= most }
    },
  }
}

describe('suspicion', () => {
  it('falls on a network after twenty new voters, in this poll, for a minute', async () => {
    let now = 0
    const events: Event[] = []
    const suspect = suspicion(limiterOf(20), { now: () => now }, (event) => void events.push(event))
    for (let voter = 0; voter < 20; voter++) await suspect.note('poll_a', '192.0.2.0/24')
    expect(suspect.suspects('poll_a', '192.0.2.0/24')).toBe(false)
    await suspect.note('poll_a', '192.0.2.0/24')
    expect(suspect.suspects('poll_a', '192.0.2.0/24')).toBe(true)
    expect(suspect.suspects('poll_b', '192.0.2.0/24')).toBe(false)
    expect(suspect.suspects('poll_a', '198.51.100.0/24')).toBe(false)
    await suspect.note('poll_a', '192.0.2.0/24')
    expect(events).toEqual([{ type: 'network-suspected', pollId: 'poll_a' }])
    now = 60_000
    expect(suspect.suspects('poll_a', '192.0.2.0/24')).toBe(false)
  })
})
