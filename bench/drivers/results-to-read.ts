// A poll of a stack whose results are read over and over: what every row about reading begins with.
import { dataFolderAt } from '../../dev/data-folder.ts'
import { readDevFile } from '../../dev/dev-file.ts'
import type { ReadSide } from '../measure/read-cost.ts'
import type { BenchStack } from '../stack.ts'

export interface ResultsToRead {
  /** Whole answers, from memory. */
  readonly whole: ReadSide
  /** The same by a reader who has them: 304. */
  readonly known: ReadSide
  /** The answer's body. */
  readonly body: string
}

const voters = 20

/** Makes a poll, votes in it, and waits until its results say so. `folder` is the stack's. */
export const resultsToRead = async (stack: BenchStack, folder: string): Promise<ResultsToRead> => {
  const { path, body, tag } = await countedPoll(stack)
  const common = { origin: stack.origin, pid: runtimeOf(folder), path }
  return {
    whole: { ...common, headers: {}, status: 200 },
    known: { ...common, headers: { 'if-none-match': tag }, status: 304 },
    body,
  }
}

export type PollMaker = Pick<BenchStack, 'origin' | 'makePoll'>

/** The same, for who measures otherwise: where the results are, and what they are. */
export const countedPoll = async (stack: PollMaker) => {
  const path = `/v1/polls/${await stack.makePoll()}`
  for (let voter = 0; voter < voters; voter++) {
    const response = await fetch(`${stack.origin}${path}/ballots`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'voter-id': `a-voter-to-read-${voter}` },
      body: `{"answers":{"q":["${voter % 3 === 0 ? 'b' : 'a'}"]}}`,
    })
    if (!response.ok) throw new Error(`A ballot was refused: ${response.status} ${await response.text()}`)
    await response.body?.cancel()
  }
  return { path: `${path}/results`, ...(await counted(`${stack.origin}${path}/results`)) }
}

/** The process of the Workers and the runtime below it; a stack's Postgres and gateways have no part in such reads. */
const runtimeOf = (folder: string): number => {
  const pid = readDevFile(dataFolderAt(folder))?.pids['workers-host']
  if (pid === undefined) throw new Error(`The stack in ${folder} does not say which process its Workers are.`)
  return pid
}

const counted = async (url: string): Promise<{ readonly body: string; readonly tag: string }> => {
  const untilMs = performance.now() + patienceMs
  while (performance.now() < untilMs) {
    const response = await fetch(url)
    const body = await response.text()
    const results = JSON.parse(body) as { readonly ballots?: number } // the API's answer
    if (results.ballots === voters) return { body, tag: response.headers.get('etag') ?? '' }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`The results did not show ${voters} ballots within ${patienceMs / 1000} s.`)
}

const patienceMs = 15_000
