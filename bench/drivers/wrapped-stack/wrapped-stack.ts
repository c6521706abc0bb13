// The whole stack with its edge wrapped and its objects metered, from outside: for rows that count instead of timing.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { DevFacts } from '../../../dev/dev-file.ts'
import { type PeerReady, spawnPeer } from '../../peers/spawn-peer.ts'
import { pollDraft } from '../../poll-draft.ts'
import type { Bill } from '../metered/meter.ts'
import type { SeedOrder } from './edge.ts'

export interface WrappedReady extends PeerReady {
  readonly facts: DevFacts
}

export interface WrappedStack {
  readonly facts: DevFacts
  /** Makes an open poll with one choice question `q` of the options `a` and `b`; answers its id. */
  makePoll(changes?: Readonly<Record<string, unknown>>): Promise<string>
  /** What all objects have cost so far. */
  bill(): Promise<Bill>
  /** How boxes that are voted in for the first time from now on commit. */
  commitBy(how: 'group' | 'single'): Promise<void>
  /** Fills a box that nobody has voted in. */
  seed(order: SeedOrder): Promise<void>
  /** When an edge has asked scoreboards for standings since it was last asked this, milliseconds since the epoch. */
  snapshotsAsked(edge: string): Promise<readonly number[]>
  stop(): Promise<void>
}

/** Starts it on a folder of its own and answers when it is ready. With several edges each is a process. */
export const startWrappedStack = async (folder: string, edges = 1): Promise<WrappedStack> => {
  mkdirSync(folder, { recursive: true })
  const module = fileURLToPath(import.meta.resolve('./process.ts'))
  const { ready, stop } = await spawnPeer<WrappedReady>(module, [folder, String(edges)])
  const { facts } = ready
  const post = async (url: string, body: unknown = null, key: string | null = null): Promise<unknown> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
    })
    if (!response.ok)
      throw new Error(`${new URL(url).pathname} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
  return {
    facts,
    makePoll: async (changes = {}) => {
      const draft = { ...pollDraft, ...changes }
      const poll = await post(`${facts.url}/v1/polls`, draft, facts.apiKey)
      return (poll as { readonly id: string }).id // the API's answer
    },
    bill: async () => (await post(`${facts.url}/bench/bill`)) as Bill, // the wrapper's answer, as are those below
    commitBy: async (how) => {
      await post(`${facts.url}/bench/commit-by?how=${how}`)
    },
    seed: async (order) => {
      await post(`${facts.url}/bench/seed`, order)
    },
    snapshotsAsked: async (edge) => (await post(`${edge}/bench/snapshots-asked`)) as readonly number[],
    stop,
  }
}
