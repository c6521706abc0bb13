// `npm run status`: the golden signals of a running system, from /metrics, in the terminal.
import { setTimeout as pause } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { run, type System, systemOf, systemOptions } from './operator.ts'
import { goldenSignals } from './status/golden-signals.ts'
import { readExposition, type Samples } from './status/read-exposition.ts'
import { shownSignals } from './status/show-signals.ts'

interface Options {
  readonly url?: string
  readonly rootKey?: string
  readonly once?: true
  readonly json?: true
  readonly every: number
}

const seconds = (text: string): number => {
  const value = Number(text)
  if (value >= 1 && value <= 3_600) return value
  throw new InvalidArgumentError('Give a number of seconds from 1 to 3600.')
}

const scrape = async ({ url, rootKey }: System): Promise<Samples> => {
  const answer = await fetch(new URL('/metrics', url), {
    headers: { Authorization: `Bearer ${rootKey}`, Accept: 'text/plain' },
    signal: AbortSignal.timeout(15_000),
  }).catch(() => {
    throw new Error(`${url} does not answer: is the system running?`)
  })
  if (!answer.ok) throw new Error(`/metrics: ${answer.status}; is the root key right?`)
  return readExposition(await answer.text())
}

const clearScreen = '\u001b[2J\u001b[H'

const program = systemOptions(
  new Command('status').description(
    'Shows the golden signals of a running system: traffic, errors, latency and what is behind, since the last look.',
  ),
)
  .option('--once', 'look once, at everything since the counters began, and end')
  .option('--json', 'a line of JSON each time')
  .option('--every <seconds>', 'how often to look', seconds, 5)
  .action(async (options: Options) => {
    const system = systemOf(options)
    let before: { readonly samples: Samples; readonly at: number } | null = null
    for (;;) {
      const now = { samples: await scrape(system), at: performance.now() }
      const signals = goldenSignals(
        now.samples,
        before && { samples: before.samples, seconds: (now.at - before.at) / 1_000 },
      )
      if (options.json) console.log(JSON.stringify(signals))
      else {
        const redraws = options.once !== true && process.stdout.isTTY
        console.log(`${redraws ? clearScreen : ''}${shownSignals(signals, system.url)}`)
      }
      if (options.once) return
      before = now
      await pause(options.every * 1_000)
    }
  })

await run(program)
