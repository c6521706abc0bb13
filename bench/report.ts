// Keeps what a row measured as JSON in bench/results, and makes docs/benchmarks.md out of all that is kept there.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineFacts } from './measure/machine.ts'
import { type Spread, spreadOf } from './rounds.ts'
import { type AlsoMeasured, type Bound, type Drawing, keeps, type Measurement, type Row } from './row.ts'

export interface RowResult extends Judged {
  readonly row: string
  readonly rounds: number
  /** How long one side was measured in one round. */
  readonly seconds: number
  readonly measuredAt: string
  readonly machine: MachineFacts
  readonly also: readonly Judged[]
  readonly notes: readonly string[]
  readonly samples: readonly unknown[]
  readonly drawing?: Pick<Drawing, 'file' | 'alt'>
}

/** A comparison with its ratios and the verdict: null where nothing was demanded. */
export interface Judged extends Spread {
  readonly comparison: string
  readonly bound: Bound | null
  readonly met: boolean | null
  readonly ratios: readonly number[]
}

/** The result of a row: its measurement, judged by the median. */
export const resultOf = (
  row: Row,
  measurement: Measurement,
  circumstances: Pick<RowResult, 'rounds' | 'seconds' | 'measuredAt' | 'machine'>,
): RowResult => ({
  row: row.id,
  ...judge({ comparison: row.comparison, bound: boundOf(row), ratios: measurement.ratios }),
  ...circumstances,
  also: measurement.also.map(judge),
  notes: measurement.notes,
  samples: measurement.samples,
  ...(row.drawing === undefined ? {} : { drawing: { file: row.drawing.file, alt: row.drawing.alt } }),
})

/** Writes `<folder>/<row>.json`, replacing the row's earlier result. */
export const keepResult = (folder: string, result: RowResult): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${result.row.toLowerCase()}.json`), `${JSON.stringify(result, null, 2)}\n`)
}

/** Every published result in a folder, B2 before B10. Results named `.local.json` are a machine's own business. */
export const readResults = (folder: string): RowResult[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.endsWith('.local.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RowResult) // written by keepResult
    .sort((left, right) => left.row.localeCompare(right.row, 'en', { numeric: true }))

/** The page: a table of all results, what they were measured on, and what a reader must know about each. */
export const renderPage = (results: readonly RowResult[]): string =>
  `${[
    '# Benchmarks',
    '',
    'Written by `npm run bench` from `bench/results`; edits here are lost. Every number is a ratio within a round:',
    'both sides ran in turn on the same machine, in an order that alternates. A row is met when the median of its',
    'rounds is. A row that falls short stays, with its number. Ratios travel to other machines; absolutes do not.',
    '',
    '| row | comparison | at least | measured median | min–max | met? |',
    '|---|---|---|--:|--:|---|',
    ...results.flatMap((result) => [
      tableLine(result.row, result),
      ...result.also.map((judged) => tableLine('', judged)),
    ]),
    '',
    ...results.flatMap(renderCircumstances),
  ]
    .join('\n')
    .trimEnd()}\n`

const judge = ({ comparison, bound, ratios }: AlsoMeasured): Judged => {
  const spread = spreadOf(ratios)
  return { comparison, bound, ...spread, met: bound === null ? null : keeps(bound, spread.median), ratios }
}

const boundOf = (row: Row): Bound => ('atLeast' in row ? { atLeast: row.atLeast } : { atMost: row.atMost })

const tableLine = (row: string, { comparison, bound, median, min, max, met }: Judged): string =>
  `| ${[
    row,
    comparison.replaceAll('|', '\\|'),
    bound === null ? '–' : 'atLeast' in bound ? `≥ ${bound.atLeast}×` : `≤ ${bound.atMost}×`,
    `${short(median)}×`,
    `${short(min)}–${short(max)}`,
    met === null ? '–' : met ? 'yes' : '**falls short**',
  ].join(' | ')} |`

const renderCircumstances = ({
  row,
  rounds,
  seconds,
  measuredAt,
  machine,
  notes,
  drawing,
}: RowResult): string[] => [
  `**${row}**: ${rounds} rounds of ${seconds} s a side, ${measuredAt.slice(0, 10)}, commit ${machine.commit}; ` +
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, ${machine.kernel}, ` +
    `Node ${machine.node.replace(/^v/, '')}, workerd ${machine.workerd}, load before ${machine.loadBefore}.`,
  ...notes.map((note) => `- ${note}`),
  '',
  ...(drawing === undefined ? [] : [`![${drawing.alt}](${drawing.file})`, '']),
]

/** Nothing over nothing is no ratio; a kept result has null there, since JSON knows no NaN. */
const short = (ratio: number | null): string =>
  ratio === null || Number.isNaN(ratio) ? '–' : ratio.toFixed(Math.abs(ratio) >= 10 ? 1 : 2)
