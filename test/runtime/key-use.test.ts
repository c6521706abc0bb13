// When keys were last used: noted by each isolate every ten minutes, and never waited for.
import { expect, test } from 'vitest'
import { keyUse } from '../../src/runtime/key-use.ts'
import { aTimeline } from '../support/timeline.ts'

test('is noted at the first use and then every ten minutes, a key on its own', async () => {
  const { clock, advance } = aTimeline()
  const noted: [string, number][] = []
  const began = clock.now()
  const touch = async (keyId: string, at: number) => void noted.push([keyId, at - began])
  const use = keyUse({ touch }, { clock, waitUntil: () => {} })
  for (const minutes of [0, 0, 5, 4, 1, 20]) {
    await advance(minutes * 60_000)
    use('key_a')
  }
  use('key_b')
  const minute = 60_000
  expect(noted).toEqual([
    ['key_a', 0],
    ['key_a', 10 * minute],
    ['key_a', 30 * minute],
    ['key_b', 30 * minute],
  ])
})

test('that cannot be noted disturbs nobody', async () => {
  const work: Promise<unknown>[] = []
  const { clock } = aTimeline()
  const touch = () => Promise.reject(new Error('away'))
  keyUse({ touch }, { clock, waitUntil: (each) => void work.push(each) })('key_a')
  expect(work).toHaveLength(1)
  await Promise.all(work)
})
