// Where a workspace's data lies: even, stable when a database is added or taken away, and pins win.
import { describe, expect, test } from 'vitest'
import { routeOf } from '../../src/archive/route.ts'

const workspaces = Array.from({ length: 4_000 }, (_, n) => `ws_${n}`)
const four = ['alpha', 'beta', 'gamma', 'delta']
const five = [...four, 'epsilon']

describe('the route of a workspace', () => {
  test('is the only database where there is one', () => {
    for (const workspace of workspaces.slice(0, 100)) expect(routeOf(workspace, ['main'])).toBe('main')
  })

  test('spreads workspaces evenly', () => {
    for (const name of four) {
      const share = workspaces.filter((workspace) => routeOf(workspace, four) === name).length
      expect(share).toBeGreaterThan(850) // 1000 expected, standard deviation 27
      expect(share).toBeLessThan(1_150)
    }
  })

  test('does not depend on the order in which databases are listed', () => {
    const reversed = five.toReversed()
    for (const workspace of workspaces.slice(0, 500))
      expect(routeOf(workspace, reversed)).toBe(routeOf(workspace, five))
  })

  test('moves about 1/n when a database is added, and only to the new one', () => {
    const moved = workspaces.filter((workspace) => routeOf(workspace, four) !== routeOf(workspace, five))
    expect(new Set(moved.map((workspace) => routeOf(workspace, five)))).toEqual(new Set(['epsilon']))
    expect(moved.length).toBeGreaterThan(680) // 800 expected, standard deviation 25
    expect(moved.length).toBeLessThan(920)
  })

  test('is written down: a change of the function would lose what is stored', () => {
    expect(workspaces.slice(0, 8).map((workspace) => routeOf(workspace, five))).toMatchInlineSnapshot(`
      [
        "delta",
        "beta",
        "gamma",
        "delta",
        "delta",
        "beta",
        "alpha",
        "beta",
      ]
    `)
  })

  test('is the same for a workspace and its tests', () => {
    for (const workspace of workspaces.slice(0, 200))
      expect(routeOf(`${workspace}_test`, five)).toBe(routeOf(workspace, five))
  })

  test('is the pin where there is one, for the tests of the workspace too', () => {
    const home = routeOf('ws_1', five)
    const other = five.find((name) => name !== home) ?? ''
    expect(routeOf('ws_1', five, { ws_1: other })).toBe(other)
    expect(routeOf('ws_1_test', five, { ws_1: other })).toBe(other)
    expect(routeOf('ws_2', five, { ws_1: other })).toBe(routeOf('ws_2', five))
  })

  test('refuses to guess: a pin to a database that is not there, or no database at all', () => {
    expect(() => routeOf('ws_1', four, { ws_1: 'epsilon' })).toThrow('pinned to epsilon')
    expect(() => routeOf('ws_1', [])).toThrow('no database')
  })

  test('takes no pin from what every object inherits', () => {
    expect(four).toContain(routeOf('constructor', four))
  })
})
