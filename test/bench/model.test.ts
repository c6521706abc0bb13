// The arithmetic of a large audience: that the design says what the model says, and that the model holds together.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { audienceOf } from '../../bench/model/audience.ts'
import inputs from '../../bench/model/inputs.json' with { type: 'json' }
import { tableOf } from '../../bench/model/table.ts'
import { leavesOfBoard, mostBranches, mostLeaves } from '../../src/relay/plan.ts'

const root = resolve(import.meta.dirname, '../..')
const tenMillion = { viewers: 10_000_000, versionsPerSecond: 4, joins: 2 }

describe('ten million viewers', () => {
  const model = audienceOf(tenMillion)

  it('cost what the design says', () => {
    const design = readFileSync(join(root, 'docs/design/live.md'), 'utf8')
    expect(design).toContain(tableOf(tenMillion, model))
  })

  it('have a seat each, fed by a board that tells a few dozen', () => {
    expect(model.leaves * model.room).toBeGreaterThanOrEqual(10_000_000)
    expect(model.leaves).toBeLessThanOrEqual(mostLeaves)
    expect(model.toldByBoard).toBe(leavesOfBoard + mostBranches)
  })

  it('leave a leaf time for those who come, even by the dearer send', () => {
    expect(model.leafBusy.platform).toBeLessThan(0.5)
  })

  it('see a frame about once a second, and can all come back at once', () => {
    expect(model.frameEverySeconds).toBeLessThanOrEqual(1)
    expect(model.storm.ofAnObject).toBeLessThan(1)
  })

  it('cost a small part of what asking would', () => {
    expect(model.dollars.total).toBeLessThan(model.pollingDollars / 20)
    // Ten million, 720 requests an hour each, at 30 cents a million.
    expect(model.pollingDollars).toBeCloseTo(2_160, 6)
  })

  it('add up', () => {
    const { total, ...parts } = model.dollars
    expect(Object.values(parts).reduce((sum, each) => sum + each, 0)).toBeCloseTo(total, 9)
    // 3,208 leaves, 32 branches and the board, awake for an hour at 0.128 GB and $12.50 a million GB-s.
    expect(parts.awake).toBeCloseTo((3_241 * 3_600 * 0.128 * 12.5) / 1e6, 9)
  })
})

describe('other audiences', () => {
  it('of a few need one object beside the board, and cost next to nothing', () => {
    const model = audienceOf({ viewers: 200, versionsPerSecond: 4, joins: 1 })
    expect(model).toMatchObject({ leaves: 1, branches: 0, toldByBoard: 1, frameEverySeconds: 0.25 })
    expect(model.dollars.total).toBeLessThan(0.02)
  })

  it('cost more the larger they are', () => {
    const totals = [1e3, 1e4, 1e5, 1e6, 1e7].map(
      (viewers) => audienceOf({ ...tenMillion, viewers }).dollars.total,
    )
    expect(totals).toEqual(totals.toSorted((left, right) => left - right))
    expect(new Set(totals).size).toBe(totals.length)
  })

  it('that no plan seats are refused', () => {
    expect(() => audienceOf({ ...tenMillion, viewers: 20_000_000 })).toThrow(/do not seat/)
  })
})

describe('every input', () => {
  it('is above zero and says where it comes from, and when', () => {
    for (const { value, unit, source } of [
      ...Object.values(inputs.measured),
      ...Object.values(inputs.platform),
    ]) {
      expect(value).toBeGreaterThan(0)
      expect(unit).not.toBe('')
      expect(source).toMatch(/20\d\d-\d\d/)
    }
  })
})

describe('the command', () => {
  const run = (...words: readonly string[]) =>
    execFileSync(process.execPath, ['bench/model.ts', ...words], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    })

  it('prints the table of the design', () => {
    expect(run('--viewers', '10e6')).toContain(tableOf(tenMillion, audienceOf(tenMillion)))
  })

  it.each([['abc'], ['0'], [''], ['1e9'], ['-5']])('says what is wrong with %j viewers', (viewers) => {
    expect(() => run(`--viewers=${viewers}`)).toThrow(/It must be a number from 1 to 10,000,000/)
  })
})
