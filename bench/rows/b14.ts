// B14: that neither results nor lists grow slow: the same read of little and of a hundred times as much.
import { join } from 'node:path'
import { type ArchivedPoll, makeArchivedPoll } from '../drivers/archived-to-read.ts'
import { type ManyPolls, makeManyPolls, type Page } from '../drivers/many-polls.ts'
import { startWrappedStack, type WrappedStack } from '../drivers/wrapped-stack/wrapped-stack.ts'
import { growth, pick, timed } from '../measure/by-size.ts'
import type { AlsoMeasured, Measurement, Row, RowContext } from '../row.ts'

/** Of polls in a list, and of ballots in a poll unless the soak is asked for (`EDGEPOLL_SOAK=1`, a quarter of an hour). */
const sizes: readonly number[] = [1_000, 10_000, 100_000]
const most = process.env['EDGEPOLL_SOAK'] === '1' ? 1_000_000 : 100_000
const ballotSizes: readonly number[] = [1_000, 10_000, most]
const mostText = most.toLocaleString('en')

export const b14: Row = {
  id: 'B14',
  comparison: `time of a results read past every cache: a poll of ${mostText} ballots vs of 1,000`,
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

/** How many times as much of others lies beside. */
const others = 10
const flat = { atMost: 1.3 }

const measure = async (context: RowContext, stack: WrappedStack): Promise<Measurement> => {
  const readResults = await resultsOfEach(context, stack)
  const results = await timed(context, 'results', readResults, ballotSizes)
  const archived = await archivedOfEach(context, stack)
  const owned = (what: string, read: (poll: ArchivedPoll) => Promise<void>) =>
    timed(context, what, (size) => read(pick(archived, size)), ballotSizes)
  const ballots = await owned('ballots, the first page', (poll) => poll.list('first'))
  const further = await owned('ballots, a page from the middle', (poll) => poll.list('middle'))
  const firstByte = await owned('the first byte of an export', (poll) => poll.firstByte())
  const polls = await pollsOfEach(context, stack)
  try {
    const list = (page: Page) =>
      timed(context, pageNames[page], (size) => pick(polls, size).read(page), sizes)
    const [first, middle] = [await list('first'), await list('middle')]
    const explained = await explainEach(polls)
    context.say(`EXPLAIN: ${JSON.stringify(explained)}`)
    const plans = explained.flatMap(({ page, at }): AlsoMeasured[] =>
      (['rows', 'buffers'] as const).map((what) =>
        page === 'drafts'
          ? {
              comparison: `${what} read for ${pageNames[page]} vs for a first page, of 100,000 polls`,
              ratios: [at['100000'][what] / explained[0].at['100000'][what]],
              bound: flat,
            }
          : {
              comparison: `${what} read for ${pageNames[page]}, by EXPLAIN (ANALYZE, BUFFERS)`,
              ratios: [at['100000'][what] / at['1000'][what]],
              bound: flat,
            },
      ),
    )
    return {
      ratios: results.map(growth),
      also: [
        {
          comparison: 'the same of 10,000 ballots',
          ratios: results.map((round) => (round['10000'] ?? Number.NaN) / (round['1000'] ?? Number.NaN)),
          bound: flat,
        },
        {
          comparison: 'time of a list’s first page: a workspace of 100,000 polls vs of 1,000',
          ratios: first.map(growth),
          bound: flat,
        },
        { comparison: 'time of a page from its middle', ratios: middle.map(growth), bound: flat },
        {
          comparison: `time of the first page of a poll’s ballots: a poll of ${mostText} vs of 1,000`,
          ratios: ballots.map(growth),
          bound: flat,
        },
        { comparison: 'time of a page of ballots from the middle', ratios: further.map(growth), bound: flat },
        { comparison: 'time to the first byte of an export', ratios: firstByte.map(growth), bound: flat },
        ...plans,
      ],
      samples: [{ results, ballots, further, firstByte, first, middle, explained }],
      notes: [
        `Results: polls of four boxes with so many ballots in their tables, each beside a poll of ${others} times as many; a key with \`Cache-Control: no-cache\` makes every read ask the scoreboard.`,
        'The boxes are filled by SQL inside the objects, then voted in through the API, so that their tallies reach the scoreboard as any would.',
        `Lists: databases of their own, a workspace’s polls among ${others} times as many of others, ballots none (no list reads them); the archive’s own reader over Neon’s HTTP driver, without the API in front, which would only dilute the ratio.`,
        'One read at a time; the sizes take turns read by read within a round, and the ratios are of their medians.',
        'Ballots and exports: through the API, rows straight in Postgres; a poll of each size beside one of ten times as many.',
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

/** Fills polls, and answers what reads the results of one. */
const resultsOfEach = async ({ say }: RowContext, stack: WrappedStack) => {
  const polls = new Map<number, string>()
  for (const size of ballotSizes) {
    say(
      `filling a poll with ${size.toLocaleString('en')} ballots, and another with ${(size * others).toLocaleString('en')}`,
    )
    await filledPoll(stack, size * others)
    polls.set(size, await filledPoll(stack, size))
  }
  return async (size: number): Promise<void> => {
    const response = await fetch(`${stack.facts.url}/v1/polls/${pick(polls, size)}/results`, {
      headers: { authorization: `Bearer ${stack.facts.apiKey}`, 'cache-control': 'no-cache' },
    })
    if (!response.ok) throw new Error(`Results were refused: ${response.status} ${await response.text()}`)
    await response.arrayBuffer()
  }
}

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

const pollsOfEach = async ({ say }: RowContext, { facts }: WrappedStack): Promise<Map<number, ManyPolls>> => {
  const made = new Map<number, ManyPolls>()
  for (const polls of sizes) {
    say(`filling a database with ${(polls * (others + 1)).toLocaleString('en')} polls`)
    made.set(
      polls,
      await makeManyPolls({ databaseUrl: facts.databaseUrl, endpoint: facts.databaseEndpoint, polls }),
    )
  }
  return made
}

const archivedOfEach = async (
  { say }: RowContext,
  stack: WrappedStack,
): Promise<Map<number, ArchivedPoll>> => {
  const made = new Map<number, ArchivedPoll>()
  for (const ballots of ballotSizes) {
    say(`archiving ${(ballots * (others + 1)).toLocaleString('en')} ballots of two polls`)
    made.set(ballots, await makeArchivedPoll(stack, ballots))
  }
  return made
}

const explainEach = async (polls: ReadonlyMap<number, ManyPolls>) => {
  const explain = async (page: Page) => ({
    page,
    at: {
      '1000': await pick(polls, 1_000).explain(page),
      '10000': await pick(polls, 10_000).explain(page),
      '100000': await pick(polls, 100_000).explain(page),
    },
  })
  return [await explain('first'), await explain('middle'), await explain('drafts')] as const
}
