// The matrix: interleaved rounds, ratios within a round, verdicts by the median, a page that hides nothing.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { parseStat, treeBelow } from '../../bench/measure/cpu.ts'
import type { MachineFacts } from '../../bench/measure/machine.ts'
import { keepResult, type RowResult, readResults, renderPage, resultOf } from '../../bench/report.ts'
import { interleave, spreadOf } from '../../bench/rounds.ts'
import type { Measurement, Row } from '../../bench/row.ts'
import { chooseRows } from '../../bench/rows/index.ts'

describe('rounds', () => {
  it('run every side once, and take turns in going first', async () => {
    const order: string[] = []
    const side = <Name extends string>(name: Name) => ({
      name,
      measure: async (round: number) => {
        order.push(name)
        return round
      },
    })
    const rounds = await interleave(3, [side('a'), side('b')])
    expect(order.join('')).toBe('abbaab')
    expect(rounds).toEqual([
      { a: 1, b: 1 },
      { a: 2, b: 2 },
      { a: 3, b: 3 },
    ])
  })

  it('give a median, also of an even number, and both ends', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
    expect(spreadOf([2])).toEqual({ median: 2, min: 2, max: 2 })
    expect(() => spreadOf([])).toThrow(RangeError)
  })
})

describe('results', () => {
  it('are judged by the median, whether a row asks for at least or at most', () => {
    expect(aResult({ atLeast: 1.8 }, [1.7, 1.9, 2.1]).met).toBe(true)
    expect(aResult({ atLeast: 1.8 }, [1.7, 1.75, 2.1]).met).toBe(false)
    expect(aResult({ atMost: 1.5 }, [1.4, 1.4, 9]).met).toBe(true)
    expect(aResult({ atMost: 1.5 }, [1.6]).met).toBe(false)
  })

  it('that fall short stay on the page with their number and say so', () => {
    const page = renderPage([aResult({ atLeast: 1.8 }, [0.5, 0.61, 0.7])])
    expect(page).toContain('| B7 | this vs that | ≥ 1.8× | 0.61× | 0.50–0.70 | **falls short** |')
  })

  it('that have a drawing show it, with words for who cannot see it', () => {
    const drawing = { file: 'surge.svg', alt: 'a curve that stays flat' }
    const page = renderPage([{ ...aResult({ atMost: 1 }, [1]), drawing }])
    expect(page).toContain('![a curve that stays flat](surge.svg)')
  })

  it('that are met say yes, and further comparisons follow in their own lines', () => {
    const also = [
      { comparison: 'CPU', ratios: [1.2], bound: { atMost: 1.5 } },
      { comparison: 'p99 | ms', ratios: [12.34], bound: null },
    ]
    const page = renderPage([aResult({ atMost: 1.5 }, [1.25], { also, notes: ['Idle otherwise.'] })])
    expect(page).toContain('| B7 | this vs that | ≤ 1.5× | 1.25× | 1.25–1.25 | yes |')
    expect(page).toContain('|  | CPU | ≤ 1.5× | 1.20× | 1.20–1.20 | yes |')
    expect(page).toContain('|  | p99 \\| ms | – | 12.3× | 12.3–12.3 | – |')
    expect(page).toContain('- Idle otherwise.')
    expect(page).toContain('3 rounds of 2 s a side, 2026-11-24, commit abc1234; 2 × Example CPU, 8 GB')
  })

  it('that were kept without a number are shown without one', () => {
    const kept = JSON.parse(JSON.stringify(aResult({ atMost: 1.5 }, [Number.NaN])))
    expect(renderPage([kept])).toContain('| B7 | this vs that | ≤ 1.5× | –× | ––– | **falls short** |')
  })

  describe('in a folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgepoll-results-'))
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    it('replace the row’s earlier one, come back in the matrix’s order, and leave a machine’s own files out', () => {
      for (const id of ['B10', 'B2', 'B2']) keepResult(folder, { ...aResult({ atLeast: 1 }, [1]), row: id })
      writeFileSync(join(folder, 'b1.local.json'), '{}')
      expect(readResults(folder).map(({ row }) => row)).toEqual(['B2', 'B10'])
      expect(JSON.parse(readFileSync(join(folder, 'b2.json'), 'utf8')).median).toBe(1)
    })
  })
})

describe('choosing rows', () => {
  const rows = [aRow({ atLeast: 1 }, 'B3'), aRow({ atLeast: 1 }, 'B4')]

  it('takes any case, keeps the matrix’s order, and means all by none', () => {
    expect(chooseRows(['b4', 'B3'], rows).map(({ id }) => id)).toEqual(['B3', 'B4'])
    expect(chooseRows([], rows)).toHaveLength(2)
  })

  it('answers an unknown row with those there are', () => {
    expect(() => chooseRows(['B3', 'B99'], rows)).toThrow(/no row B99.*\n {2}B3 {3}this vs that\n {2}B4/)
  })
})

describe('CPU from /proc', () => {
  it('reads a command that holds spaces and brackets', () => {
    const line = '42 (a) b (c) S 7 42 42 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 4 0 123456 1 2'
    expect(parseStat(line)).toEqual({ pid: 42, parent: 7, start: '123456', ticks: 300 })
  })

  it('takes all descendants and nobody else', () => {
    const processes = [
      { pid: 1, parent: 0 },
      { pid: 2, parent: 1 },
      { pid: 3, parent: 2 },
      { pid: 4, parent: 1 },
      { pid: 5, parent: 3 },
    ]
    expect(treeBelow(2, processes).map(({ pid }) => pid)).toEqual([2, 3, 5])
    expect(treeBelow(9, processes)).toEqual([])
  })
})

type RowBound = { readonly atLeast: number } | { readonly atMost: number }

function aRow(bound: RowBound, id = 'B7'): Row {
  return {
    id,
    comparison: 'this vs that',
    ...bound,
    run: () => Promise.reject(new Error('not measured in tests')),
  }
}

function aResult(bound: RowBound, ratios: readonly number[], rest: Partial<Measurement> = {}): RowResult {
  const machine: MachineFacts = {
    cpu: 'Example CPU',
    cores: 2,
    memoryGb: 8,
    kernel: 'Linux 6',
    node: 'v24.0.0',
    workerd: '1.0',
    loadBefore: 0.1,
    commit: 'abc1234',
  }
  const measurement = { ratios, also: [], samples: [], notes: [], ...rest }
  return resultOf(aRow(bound), measurement, {
    rounds: 3,
    seconds: 2,
    measuredAt: '2026-11-24T12:00:00Z',
    machine,
  })
}
