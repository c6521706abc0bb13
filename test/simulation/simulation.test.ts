// The whole system, run after run under faults and races: after each, every invariant of the history must hold.
import { beforeAll, describe, expect, test } from 'vitest'
import { failingSeeds, keepFailing } from './failing-seeds.ts'
import { simulate } from './run.ts'
import { runSeeds } from './run-seeds.ts'
import { findingsText, frequencyTable, type Summary, summaryOf } from './summary.ts'

/** As many as two shared cores run within their 90 s (docs/design/proof.md); more with `npm run simulate`. */
const seeds = Array.from({ length: 320 }, (_, at) => 1 + at)
/** How often a fault or a race must have occurred over the set to count as tried. */
const often = 20

let summary: Summary

beforeAll(async () => {
  const kept = failingSeeds().map(({ seed }) => seed)
  const reports = await runSeeds([...new Set([...kept, ...seeds])])
  summary = summaryOf(reports)
  keepFailing(summary.failed)
  console.log(frequencyTable(summary))
}, 600_000)

describe('every run', () => {
  test('holds every invariant', () => {
    expect(summary.failed.map((report) => findingsText(report)).join('\n')).toBe('')
  })

  test('has at least 200 operations, and every tenth voter casts more than once', () => {
    expect(summary.fewestOperations).toBeGreaterThanOrEqual(200)
    expect(summary.leastDuplicates).toBeGreaterThanOrEqual(0.1)
  })

  test('is the same when it is run again', async () => {
    const [one, other] = [await simulate({ seed: 7 }), await simulate({ seed: 7 })]
    expect(one.digest).toBe(other.digest)
  })

  test('holds every invariant where nothing goes wrong', async () => {
    for (const seed of seeds.slice(0, 4))
      expect((await simulate({ seed, faultShare: 0 })).findings).toEqual([])
  })
})

describe('over the set', () => {
  test('each fault fired often', () => {
    expect(Object.entries(summary.faults).filter(([, times]) => times < often)).toEqual([])
  })

  test('each race occurred often', () => {
    expect(Object.entries(summary.races).filter(([, times]) => times < often)).toEqual([])
  })
})
