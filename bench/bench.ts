// npm run bench: measures rows of the matrix, keeps the results, renders docs/benchmarks.md.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { machineFacts } from './measure/machine.ts'
import { keepResult, type RowResult, readResults, renderPage, resultOf } from './report.ts'
import type { Row } from './row.ts'
import { chooseRows, rows } from './rows/index.ts'

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly save: boolean
}

const resultsFolder = 'bench/results'
const page = 'docs/benchmarks.md'

const bench = async (ids: readonly string[], options: Options): Promise<void> => {
  for (const row of chooseRows(ids)) {
    const result = await measureRow(row, options)
    console.log(summaryOf(result))
    if (!options.save) continue
    keepResult(resultsFolder, result)
    mkdirSync('docs', { recursive: true })
    writeFileSync(page, renderPage(readResults(resultsFolder)))
    if (row.drawing !== undefined)
      writeFileSync(join('docs', row.drawing.file), row.drawing.draw(result.samples))
    console.log(`kept in ${resultsFolder}/${row.id.toLowerCase()}.json and ${page}\n`)
  }
}

const measureRow = async (row: Row, { rounds, seconds }: Options): Promise<RowResult> => {
  console.log(`${row.id}: ${row.comparison}`)
  const scratch = mkdtempSync(join(tmpdir(), 'edgepoll-bench-'))
  chmodSync(scratch, 0o755) // Postgres refuses to be root and must reach its folder as somebody else
  try {
    const circumstances = { rounds, seconds, measuredAt: new Date().toISOString(), machine: machineFacts() }
    const measurement = await row.run({ rounds, seconds, scratch, say: (line) => console.log(`  ${line}`) })
    return resultOf(row, measurement, circumstances)
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

const summaryOf = (result: RowResult): string =>
  [result, ...result.also]
    .map(({ comparison, median, min, max, met }) => {
      const verdict = met === null ? '' : met ? ' → met' : ' → falls short'
      return `  ${comparison}: ${median.toFixed(2)}× (${min.toFixed(2)}–${max.toFixed(2)})${verdict}`
    })
    .join('\n')

const positive = (text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}

const whole = (text: string): number => {
  if (!Number.isInteger(positive(text))) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

await new Command('npm run bench --')
  .description('Measures rows of the benchmark matrix: ratios within interleaved rounds, never absolutes.')
  .argument('[rows...]', `which rows (${rows.map(({ id }) => id).join(', ')}); none: all`)
  .option('--rounds <n>', 'how many interleaved rounds', whole, 7)
  .option('--seconds <n>', 'how long one side is measured in one round', positive, 3)
  .option('--no-save', 'show the result, but do not publish it')
  .showHelpAfterError('(--help says more)')
  .action(bench)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  })
