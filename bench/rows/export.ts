// EXPORT: how fast a poll leaves, in each format, and what the Workers' memory grows by meanwhile.
import { join } from 'node:path'
import { freePort } from '../../dev/ports.ts'
import { fillBallots, questions } from '../drivers/many-ballots.ts'
import { mostHeldWhile } from '../measure/held-memory.ts'
import { mostWhile, workerBytes } from '../measure/worker-memory.ts'
import { interleave, type Side } from '../rounds.ts'
import type { AlsoMeasured, Row } from '../row.ts'
import { type BenchStack, startBenchStack } from '../stack.ts'

export const exportRow: Row = {
  id: 'EXPORT',
  comparison: 'ballots a second of an export as NDJSON of a million, vs 50,000',
  atLeast: 1,
  run: async (context) => {
    const inspectorPort = await freePort()
    const stack = await startBenchStack(join(context.scratch, 'stack'), { inspectorPort })
    try {
      const pollId = await stack.makePoll({ questions })
      context.say(`filling Postgres with ${ballots.toLocaleString('en')} ballots`)
      await fillBallots(stack.facts.databaseUrl, { pollId, ballots })
      const before = workerBytes(stack.pid)
      for (const format of formats) await download(stack, pollId, format) // what has never run is slow
      const sides = formats.map(
        (format): Side<Format, Sample> => ({
          name: format,
          measure: () => measure(stack, { pollId, format, before, inspectorPort }),
        }),
      )
      const rounds = await interleave(context.rounds, sides, (round) => context.say(JSON.stringify(round)))
      const rates = (format: Format) => rounds.map((round) => round[format].rowsPerSecond / wanted)
      return {
        ratios: rates('ndjson'),
        also: formats.flatMap((format): AlsoMeasured[] => [
          ...(format === 'ndjson'
            ? []
            : [
                {
                  comparison: `the same as ${format.toUpperCase()}`,
                  ratios: rates(format),
                  bound: { atLeast: 1 },
                },
              ]),
          {
            comparison: `memory that workerd grows by during ${format.toUpperCase()}, vs 64 MB`,
            ratios: rounds.map((round) => round[format].grownBytes / 64e6),
            bound: { atMost: 1 },
          },
          {
            comparison: `memory that the edge holds at its most during ${format.toUpperCase()}, vs 64 MB`,
            ratios: rounds.map((round) => round[format].heldBytes / 64e6),
            bound: { atMost: 1 },
          },
        ]),
        samples: rounds,
        notes: [
          'One download at a time over loopback; Postgres, the gateway that speaks for Neon, workerd and the client share the machine.',
          'Ballots lie in Postgres as the archive would have them: about 230 bytes a line, a text in every tenth.',
          'What the edge holds is its heap and buffers after a collection, five times a second, in a download of its own; what workerd grows by is mostly garbage that it has room for.',
          'Memory is that of all workerd processes of the stack, objects included, at its most beyond what it was before the first download of all.',
        ],
      }
    } finally {
      await stack.stop()
    }
  },
}

const ballots = 1_000_000
const wanted = 50_000
const formats = ['ndjson', 'csv', 'json'] as const
type Format = (typeof formats)[number]

interface Sample {
  readonly rowsPerSecond: number
  readonly firstByteMs: number
  readonly grownBytes: number
  readonly heldBytes: number
}

interface Measured {
  readonly pollId: string
  readonly format: Format
  /** What workerd had before the first download. */
  readonly before: number
  readonly inspectorPort: number
}

const measure = async (
  stack: BenchStack,
  { pollId, format, before, inspectorPort }: Measured,
): Promise<Sample> => {
  const startMs = performance.now()
  let firstByteMs = 0
  const mostBytes = await mostWhile(stack.pid, async () => {
    firstByteMs = await download(stack, pollId, format)
  })
  const rowsPerSecond = (ballots / (performance.now() - startMs)) * 1_000
  return {
    rowsPerSecond,
    firstByteMs,
    grownBytes: mostBytes - before,
    heldBytes: await mostHeldWhile(inspectorPort, 'edgepoll-edge', () => download(stack, pollId, format)),
  }
}

/** Takes the whole export and answers when its first byte came, ms. Throws where it is not whole. */
const download = async (stack: BenchStack, pollId: string, format: Format): Promise<number> => {
  const startMs = performance.now()
  let firstByteMs = 0
  let lines = 0
  const response = await fetch(`${stack.facts.url}/v1/polls/${pollId}/export?format=${format}`, {
    headers: { authorization: `Bearer ${stack.facts.apiKey}` },
  })
  if (!response.ok || response.body === null)
    throw new Error(`The export was refused: ${response.status} ${await response.text()}`)
  for await (const chunk of response.body) {
    firstByteMs ||= performance.now() - startMs
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
  }
  const around = { ndjson: 0, csv: 1, json: 2 }[format]
  if (lines !== ballots + around) throw new Error(`${lines} lines of ${format} for ${ballots} ballots`)
  return firstByteMs
}
