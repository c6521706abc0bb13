// B15: sizes: the edge as it is deployed and what it is made of, the page with all it loads, results in each format.
import { join } from 'node:path'
import { type AnswerSize, measureAnswer, measurePage } from '../measure/answer-size.ts'
import { measureStartUp, measureWorkerSize } from '../measure/worker-size.ts'
import type { AlsoMeasured, Measurement, Row, RowContext } from '../row.ts'
import { type BenchStack, startBenchStack } from '../stack.ts'

const budgetBytes = 350_000

export const b15: Row = {
  id: 'B15',
  comparison: 'the edge Worker’s bundle, minified and gzipped, of a budget of 350 KB',
  atMost: 1,
  run: async (context) => {
    // First, because it also makes the files that a deploy would publish.
    const stack = await startBenchStack(join(context.scratch, 'stack'))
    try {
      return await measure(context, stack)
    } finally {
      await stack.stop()
    }
  },
}

/** A second of start-up is what the platform grants. */
const startUpMs = 1_000
const mostStarts = 3

const measure = async ({ rounds, scratch, say }: RowContext, stack: BenchStack): Promise<Measurement> => {
  const pollId = await votedPoll(stack)
  const url = `${stack.origin}/v1/polls/${pollId}/results`
  const results = {
    json: await measureAnswer(url, 'application/json'),
    msgpack: await measureAnswer(url, 'application/vnd.msgpack'),
    protobuf: await measureAnswer(url, 'application/protobuf'),
  }
  const page = await measurePage(`${stack.origin}/p/${pollId}`)
  say(`results ${JSON.stringify(results)}`)
  say(`page ${JSON.stringify(page)}`)
  const bundles = {
    edge: await measureWorkerSize('edge', scratch),
    count: await measureWorkerSize('count', scratch),
    archive: await measureWorkerSize('archive', scratch),
  }
  say(`edge: ${kb(bundles.edge.gzipBytes)} gzipped`)
  const starts: number[] = []
  for (let start = 0; start < Math.min(rounds, mostStarts); start++)
    starts.push(await measureStartUp('edge', scratch))
  say(`start-up: ${starts.map((ms) => `${Math.round(ms)} ms`).join(', ')}`)

  const pageBytes = Object.values(page).reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)
  return {
    ratios: [bundles.edge.gzipBytes / budgetBytes],
    also: [
      {
        comparison: 'CPU of the edge’s start-up on this machine, of the second the platform grants',
        ratios: starts.map((ms) => ms / startUpMs),
        bound: null,
      },
      ...against('MessagePack', results.msgpack, results.json),
      ...against('Protocol Buffers', results.protobuf, results.json),
    ],
    samples: [{ bundles, starts, page, results }],
    notes: [
      `Gzipped: edge ${kb(bundles.edge.gzipBytes)}, count ${kb(bundles.count.gzipBytes)}, archive ${kb(bundles.archive.gzipBytes)}, as \`wrangler deploy --dry-run\` builds them.`,
      `In the edge (KB minified, before gzip): ${largest(bundles.edge.parts)}; all of it by package in bench/results/b15.json.`,
      `The page of a poll with five questions: ${kb(pageBytes)} gzipped in all (${Object.entries(page)
        .map(([name, { gzipBytes }]) => `${name} ${kb(gzipBytes)}`)
        .join(', ')}); there is no widget yet.`,
      `Its results: ${Object.entries(results)
        .map(
          ([name, size]) =>
            `${name} ${size === null ? 'not offered' : `${size.bytes} bytes, ${size.gzipBytes} gzipped`}`,
        )
        .join('; ')}.`,
      'Start-up is what `wrangler check startup` sampled of loading the module, without idle time; sizes are the same each time and are taken once.',
    ],
  }
}

const against = (name: string, size: AnswerSize | null, json: AnswerSize | null): readonly AlsoMeasured[] =>
  size === null || json === null
    ? []
    : [
        {
          comparison: `bytes of a results answer in ${name} vs in JSON, uncompressed`,
          ratios: [size.bytes / json.bytes],
          bound: null,
        },
      ]

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`

const largest = (parts: Readonly<Record<string, number>>): string =>
  Object.entries(parts)
    .slice(0, 8)
    .map(([name, bytes]) => `${name} ${Math.round(bytes / 1000)}`)
    .join(', ')

/** The poll of the API's description, with ten ballots. */
const votedPoll = async (stack: BenchStack): Promise<string> => {
  const pollId = await stack.makePoll({ questions })
  for (let voter = 0; voter < voters; voter++) {
    const cast = await fetch(`${stack.origin}/v1/polls/${pollId}/ballots`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'voter-id': `a-voter-to-weigh-${voter}` },
      body: JSON.stringify({ answers: answersOf(voter) }),
    })
    if (cast.status !== 201) throw new Error(`A ballot was refused: ${cast.status} ${await cast.text()}`)
    await cast.body?.cancel()
  }
  const untilMs = performance.now() + patienceMs
  while (performance.now() < untilMs) {
    const read = await fetch(`${stack.origin}/v1/polls/${pollId}/results`)
    if (((await read.json()) as { readonly ballots: number }).ballots === voters) return pollId // the API's answer
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`The results did not show ${voters} ballots within ${patienceMs / 1000} s.`)
}

const voters = 10
const patienceMs = 15_000

const options = (...ids: readonly string[]) => ids.map((id) => ({ id, label: id.toUpperCase() }))

const questions = [
  { id: 'where', type: 'choice', prompt: 'Where?', options: options('pizza', 'sushi') },
  { id: 'order', type: 'ranking', prompt: 'Rank', options: options('a', 'b', 'c') },
  { id: 'stars', type: 'rating', prompt: 'How was it?', scale: 5 },
  { id: 'nps', type: 'nps', prompt: 'Recommend us?' },
  { id: 'why', type: 'text', prompt: 'Why?', maxLength: 500 },
]

const answersOf = (voter: number) => ({
  where: [voter % 5 < 3 ? 'pizza' : 'sushi'],
  order: [
    ['a', 'b', 'c'],
    ['b', 'a'],
    ['c', 'a', 'b'],
  ][voter % 3],
  stars: 1 + (voter % 5),
  nps: voter % 11,
  why: 'close by',
})
