// docs/design/scale.md says what was measured: its numbers are those of bench/results.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../dev/settings.ts'

interface Kept {
  readonly median: number
  readonly also: readonly { readonly comparison: string; readonly median: number }[]
  readonly samples: readonly Record<string, Record<string, unknown>>[]
}

const kept = (row: string): Kept =>
  JSON.parse(readFileSync(join(projectRoot, 'bench', 'results', `${row}.json`), 'utf8'))

const page = readFileSync(join(projectRoot, 'docs', 'design', 'scale.md'), 'utf8')

/** The number in the row of a table that begins so. */
const said = (row: string): string => {
  const line = page.split('\n').find((each) => each.startsWith(`| ${row}`))
  return line?.split('|')[2]?.trim() ?? 'no such row'
}

const dollars = (budgets: number) => (budgets * 1.7).toFixed(2)

/** To ten. */
const inBox = (where: 'box' | 'edge'): string => {
  const rates = kept('b3').samples.map((sample) => sample[where]?.['group'])
  const sorted = rates
    .map((rate) => Number(Object(rate).ballotsPerSecond))
    .toSorted((one, other) => one - other)
  return (Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) / 10) * 10).toLocaleString('en')
}

/** To a hundred. */
const inBatches = (): string => {
  const sorted = kept('b5')
    .samples.map(({ batch }) => Number(batch))
    .toSorted((one, other) => one - other)
  return (Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) / 100) * 100).toLocaleString('en')
}

test.each([
  ['durable ballots a second into one box', inBox('box')],
  ['of those through the whole stack', inBox('edge')],
  ['goodput of a box at its worst', `${kept('b7').median.toFixed(2)}×`],
  ['origin reads a second', kept('b9').median.toFixed(2)],
  ['a frame to one of 2,000 viewers', `${kept('b13').median.toFixed(2)}×`],
  ['rows a second into Postgres', inBatches()],
  [
    'rows a second of an export',
    (Math.round((kept('export').median * 50_000) / 1_000) * 1_000).toLocaleString('en'),
  ],
  ['busy: 30 ballots a commit', dollars(kept('b10').median)],
  ['steady: a ballot a commit', dollars(kept('b10').also[0]?.median ?? 0)],
  ['quiet: seconds between', dollars(kept('b10').also[1]?.median ?? 0)],
])('%s is as measured', (row, measured) => expect(said(row)).toBe(measured))
