// npm run model: what it takes to tell a large audience of every version, as docs/design/live.md has it.
import { Command, InvalidArgumentError } from 'commander'
import { pricesOf } from './measure/prices.ts'
import { type AudienceOrder, audienceOf } from './model/audience.ts'
import inputs from './model/inputs.json' with { type: 'json' }
import { tableOf } from './model/table.ts'

const above =
  (least: number, most: number) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most.toLocaleString('en')}.`)
    return value
  }

await new Command('npm run model --')
  .description(
    'The arithmetic of an audience: objects, messages, dollars an hour, and everybody coming back at once.',
  )
  .option('--viewers <n>', 'how many watch one poll, also as 10e6', above(1, 10_000_000), 10_000_000)
  .option('--versions-per-second <n>', 'how often the result changes', above(0.001, 4), 4)
  .option('--joins <n>', 'how often a viewer connects in an hour', above(1, 1_000), 2)
  .showHelpAfterError('(--help says more)')
  .action((order: AudienceOrder) => {
    console.log(tableOf(order, audienceOf(order)))
    console.log(
      `\nPrices of ${pricesOf}, from bench/measure/prices.ts. The rest, from bench/model/inputs.json:`,
    )
    for (const { value, unit, source } of [
      ...Object.values(inputs.measured),
      ...Object.values(inputs.platform),
    ])
      console.log(`  ${value} ${unit} (${source})`)
  })
  .parseAsync()
