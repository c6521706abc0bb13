// B14: that neither results nor lists grow slow: the same read of little and of a hundred times as much.
import { join } from 'node:path'
import { type ManyPolls, makeManyPolls, type Page } from '../drivers/many-polls.ts'
import { startWrappedStack, type WrappedStack } from '../drivers/wrapped-stack/wrapped-stack.ts'
import { closedLoop, runLoad } from '../load/run-load.ts'
import { interleave } from '../rounds.ts'
import type { AlsoMeasured, Measurement, Row, RowContext } from '../row.ts'

export const b14: Row = {
  id: 'B14',
  comparison: 'time of a results read past every cache: a poll of 100,000 ballots vs of 1,000',
  atMost: 1.3,
  run: async (context) => {
    const stack = await startWrappedStack(join(context.scratch, 'stack'))
    try {
      return await measure(context, stack)
    } finally {
      await stack.stop()
    }
  },
}

const sizes = [1_000, 10_000, 100_000] as const
type Size = (typeof sizes)[number]
/** How many times as much of others lies beside. */
const others = 10
const flat = { atMost: 1.3 }
/** Before the rounds, so that whoever is first in them does not pay for code that has never run. */
const warmUpSeconds = 0.7

const measure = async (context: RowContext, stack: WrappedStack): Promise<Measurement> => {
  const { rounds, say } = context
  const seconds = context.seconds / 3 // six reads a round
  const readMs = await resultsOfEach(context, stack)
  for (const size of sizes) await readMs(size, warmUpSeconds)
  const results = await interleave(
    rounds,
    sizes.map((size) => ({ name: `${size}` as const, measure: () => readMs(size, seconds) })),
    (round, number) => say(`results, round ${number}: ${shown(round)} ms a read`),
  )
  const polls = await pollsOfEach(context, stack)
  for (const each of polls.values()) await each.millisecondsAPage('first', warmUpSeconds)
  try {
    const list = (page: Page) =>
      interleave(
        rounds,
        sizes.map((size) => ({
          name: `${size}` as const,
          measure: () => pick(polls, size).millisecondsAPage(page, seconds / 2),
        })),
        (round, number) => say(`${page} page of a list, round ${number}: ${shown(round)} ms`),
      )
    const [first, middle] = [await list('first'), await list('middle')]
    const explained = await explainEach(polls)
    say(`EXPLAIN: ${JSON.stringify(explained)}`)
    const plans = explained.flatMap(({ page, at }): AlsoMeasured[] =>
      (['rows', 'buffers'] as const).map((what) => ({
        comparison: `${what} read for ${pageNames[page]}, by EXPLAIN (ANALYZE, BUFFERS)`,
        ratios: [at['100000'][what] / at['1000'][what]],
        bound: flat,
      })),
    )
    return {
      ratios: results.map(growth),
      also: [
        {
          comparison: 'the same of 10,000 ballots',
          ratios: results.map((round) => round['10000'] / round['1000']),
          bound: flat,
        },
        {
          comparison: 'time of a list’s first page: a workspace of 100,000 polls vs of 1,000',
          ratios: first.map(growth),
          bound: flat,
        },
        { comparison: 'time of a page from its middle', ratios: middle.map(growth), bound: flat },
        ...plans,
      ],
      samples: [{ results, first, middle, explained }],
      notes: [
        `Results: polls of four boxes with so many ballots in their tables, each beside a poll of ${others} times as many; a key with \`Cache-Control: no-cache\` makes every read ask the scoreboard.`,
        'The boxes are filled by SQL inside the objects, then voted in through the API, so that their tallies reach the scoreboard as any would.',
        `Lists: databases of their own, a workspace’s polls among ${others} times as many of others, ballots none (no list reads them); the archive’s own reader over Neon’s HTTP driver, without the API in front, which would only dilute the ratio.`,
        'The export’s first byte is not in this row yet.',
      ],
    }
  } finally {
    for (const each of polls.values()) await each.close()
  }
}

const pageNames: Readonly<Record<Page, string>> = {
  first: 'the first page',
  middle: 'a page from the middle',
  drafts: 'a page of `status=draft` where nothing is a draft',
}

const growth = (round: Readonly<Record<`${Size}`, number>>): number => round['100000'] / round['1000']

const shown = (round: Readonly<Record<`${Size}`, number>>): string =>
  sizes.map((size) => `${size}: ${round[`${size}`].toFixed(2)}`).join(', ')

const pick = <Each>(of: ReadonlyMap<Size, Each>, size: Size): Each => {
  const found = of.get(size)
  if (found === undefined) throw new RangeError(`nothing of ${size} was made`)
  return found
}

/** Fills polls, and answers what reads the results of one for so long: milliseconds a read. */
const resultsOfEach = async ({ say }: RowContext, stack: WrappedStack) => {
  const polls = new Map<Size, string>()
  for (const size of sizes) {
    say(
      `filling a poll with ${size.toLocaleString('en')} ballots, and another with ${(size * others).toLocaleString('en')}`,
    )
    await filledPoll(stack, size * others)
    polls.set(size, await filledPoll(stack, size))
  }
  return async (size: Size, seconds: number): Promise<number> => {
    const { answers, window } = await runLoad(
      closedLoop({
        origin: stack.facts.url,
        seconds,
        warmUpSeconds: 0.3,
        connections: readers,
        request: {
          method: 'GET',
          path: `/v1/polls/${pick(polls, size)}/results`,
          headers: { authorization: `Bearer ${stack.facts.apiKey}`, 'cache-control': 'no-cache' },
          bodies: [],
        },
      }),
    )
    if (Object.keys(answers).join() !== '200')
      throw new Error(`Results were refused: ${JSON.stringify(answers)}`)
    return (
      (window.seconds * 1000 * readers) / (answers['200'] === undefined ? 0 : (window.answers['200'] ?? 0))
    )
  }
}

const readers = 8
const boxes = 4

/** A poll whose results show `ballots` and a few more. */
const filledPoll = async (stack: WrappedStack, ballots: number): Promise<string> => {
  const pollId = await stack.makePoll() // without expectedVoters it has four boxes
  for (let shard = 0; shard < boxes; shard++)
    await stack.seed({ pollId, shard, ballots: ballots / boxes, answers: { q: ['a'] } })
  const url = `${stack.facts.url}/v1/polls/${pollId}`
  const untilMs = performance.now() + patienceMs
  // Voters until each box has had one: only then does it tell the scoreboard what is in it.
  for (let voter = 0; performance.now() < untilMs; voter++) {
    const cast = await fetch(`${url}/ballots`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'voter-id': `a-voter-of-many-${voter}` },
      body: '{"answers":{"q":["b"]}}',
    })
    if (cast.status !== 201) throw new Error(`A ballot was refused: ${cast.status} ${await cast.text()}`)
    await cast.body?.cancel()
    if (voter % boxes !== 0) continue
    const read = await fetch(`${url}/results`, {
      headers: { authorization: `Bearer ${stack.facts.apiKey}`, 'cache-control': 'no-cache' },
    })
    const results = (await read.json()) as { readonly ballots: number } // the API's answer
    if (results.ballots > ballots) return pollId
  }
  throw new Error(`The results did not show ${ballots} ballots within ${patienceMs / 1000} s.`)
}

const patienceMs = 30_000

const pollsOfEach = async ({ say }: RowContext, { facts }: WrappedStack): Promise<Map<Size, ManyPolls>> => {
  const made = new Map<Size, ManyPolls>()
  for (const polls of sizes) {
    say(`filling a database with ${(polls * (others + 1)).toLocaleString('en')} polls`)
    made.set(
      polls,
      await makeManyPolls({ databaseUrl: facts.databaseUrl, endpoint: facts.databaseEndpoint, polls }),
    )
  }
  return made
}

const explainEach = async (polls: ReadonlyMap<Size, ManyPolls>) => {
  const explain = async (page: Page) => ({
    page,
    at: {
      '1000': await pick(polls, 1_000).explain(page),
      '10000': await pick(polls, 10_000).explain(page),
      '100000': await pick(polls, 100_000).explain(page),
    },
  })
  return [await explain('first'), await explain('middle'), await explain('drafts')]
}
