// The shape of an audience: how many leaves there are, who feeds each, and where a viewer goes first.
import '../laws/seed.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  branchOf,
  firstLeaf,
  intervalMs,
  leavesFor,
  leavesOfBoard,
  mostBranches,
  mostLeaves,
  roomOf,
  worthTelling,
} from '../../src/relay/plan.ts'

const anAudience = fc.integer({ min: 0, max: 20_000_000 })
const continents = [null, 'EU', 'NA', 'AS', 'SA', 'AF', 'OC', 'T1']

describe('leaves', () => {
  test('are one for a small poll, and never fewer for more viewers', () => {
    expect([0, 1, 499, 500].map(leavesFor)).toEqual([1, 1, 1, 1])
    fc.assert(
      fc.property(anAudience, anAudience, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)]
        expect(leavesFor(less)).toBeLessThanOrEqual(leavesFor(more))
        expect(leavesFor(more)).toBeLessThanOrEqual(mostLeaves)
      }),
    )
  })

  test('have room for the whole audience, and for ten million', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (viewers) => {
        const leaves = leavesFor(viewers)
        expect(leaves * roomOf(leaves)).toBeGreaterThan(viewers)
      }),
    )
  })

  test('are fed by the board itself or by one of 32 branches, a hundred each', () => {
    const feeders = Map.groupBy(
      Array.from({ length: mostLeaves }, (_, leaf) => leaf),
      branchOf,
    )
    expect(feeders.get(null)).toHaveLength(leavesOfBoard)
    feeders.delete(null)
    expect(feeders.size).toBe(mostBranches)
    expect([...feeders.values()].every((leaves) => leaves.length === 100)).toBe(true)
  })

  test('send at most four frames a second, and fewer the more sockets they hold', () => {
    expect([0, 1, 1_000, 2_000, 4_000].map(intervalMs)).toEqual([250, 250, 250, 500, 1_000])
  })

  test('tell of the viewers they take in a dozen times, not a thousand', () => {
    let told = 0
    let times = 0
    for (let viewers = 1; viewers <= 1_000; viewers++)
      if (worthTelling(told, viewers)) {
        told = viewers
        times++
      }
    expect(times).toBeLessThanOrEqual(15)
    expect(told).toBeGreaterThan(700)
  })
})

describe('a viewer', () => {
  test('goes to a leaf that there is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: mostLeaves }),
        fc.constantFrom(...continents),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (leaves, region, chance) => {
          const leaf = firstLeaf(leaves, region, chance)
          expect(Number.isInteger(leaf) && leaf >= 0 && leaf < leaves).toBe(true)
        },
      ),
    )
  })

  test('shares the leaves of a large audience with those of the same continent', () => {
    const arcs = ['EU', 'NA', 'AS', 'SA', 'AF', 'OC'].map(
      (region) => new Set(Array.from({ length: 600 }, (_, at) => firstLeaf(120, region, at / 600))),
    )
    expect(arcs.map(({ size }) => size)).toEqual([20, 20, 20, 20, 20, 20])
    expect(new Set(arcs.flatMap((arc) => [...arc])).size).toBe(120)
  })
})
