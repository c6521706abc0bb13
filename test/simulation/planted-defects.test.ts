// A checker that finds nothing proves nothing: each defect planted in place of one part must turn it red.
import { describe, expect, test } from 'vitest'
import { type Defect, defects } from './defects.ts'
import { simulate } from './run.ts'

/** Seeds that are tried until the defect shows. */
const seeds = Array.from({ length: 12 }, (_, at) => 1 + at)

/** The invariants that a defect was seen to break, by their numbers, up to the first that it must break. */
const broken = async ({ parts, breaks, needs = [] }: Defect): Promise<readonly string[]> => {
  const seen = new Set<string>()
  for (const seed of seeds) {
    const { findings } = await simulate({ seed, parts, certainFaults: needs })
    for (const { invariant } of findings) seen.add(invariant.split(' ')[0] ?? '')
    if (breaks.some((invariant) => seen.has(invariant))) break
  }
  return [...seen]
}

describe('the checker sees', () => {
  test.each(Object.entries<Defect>(defects))('%s', async (_name, defect) => {
    const seen = await broken(defect)
    expect(defect.breaks.filter((invariant) => seen.includes(invariant))).not.toEqual([])
  })

  test('nothing where nothing is planted', async () => {
    for (const seed of seeds) expect((await simulate({ seed })).findings).toEqual([])
  })
})
