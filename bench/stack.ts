// The real stack as a side of a benchmark: `npm run stack` on a folder of its own, in a process group of its own.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { DevFacts } from '../dev/dev-file.ts'
import { spawnPeer } from './peers/spawn-peer.ts'
import { pollDraft } from './poll-draft.ts'
import type { StackReady } from './stack-process.ts'

export interface BenchStack {
  /** Of the edge, past any dev proxy. */
  readonly origin: string
  readonly pid: number
  readonly facts: DevFacts
  /** Makes an open poll with one choice question `q` of the options `a` and `b`; answers its id. */
  makePoll(changes?: Readonly<Record<string, unknown>>): Promise<string>
  stop(): Promise<void>
}

export interface BenchStackOptions {
  /** How the boxes commit; `single` is the naive twin of B3, `held` a box of 200 ballots a second. */
  readonly commit?: 'group' | 'single' | 'held'
  /** `off`: the naive twin that refuses nobody. */
  readonly shedding?: 'on' | 'off'
  /** Objects in a process of their own, as they are where it is deployed: what refusing costs an edge takes nothing from
   *  those who count. A second edge stands by and is asked nothing. */
  readonly apart?: boolean
  /** `off`: the naive twin that counts nothing. */
  readonly metrics?: 'on' | 'off'
  /** Where the debugger of the Workers is to listen. */
  readonly inspectorPort?: number
  /** The module of the edge, bundled for the benchmark; the edge as it would be deployed unless said. */
  readonly edge?: string
}

/** What `apart` means, for the notes of a row. */
export const apartNote =
  'The box has a process of its own, apart from the edge, as where it is deployed; what the edge spends on refusing takes nothing from it but a share of the two cores.'

/** Starts a stack and answers when it is ready. */
export const startBenchStack = async (
  folder: string,
  {
    commit = 'group',
    shedding = 'on',
    apart = false,
    edge = '',
    metrics = 'on',
    inspectorPort,
  }: BenchStackOptions = {},
): Promise<BenchStack> => {
  mkdirSync(folder, { recursive: true })
  const module = fileURLToPath(import.meta.resolve('./stack-process.ts'))
  const { pid, ready, stop } = await spawnPeer<StackReady>(module, [
    ...[folder, commit, shedding, apart ? '2' : '1', edge, metrics],
    ...(inspectorPort === undefined ? [] : [String(inspectorPort)]),
  ])
  return {
    origin: ready.origin,
    pid,
    facts: ready.facts,
    stop,
    makePoll: (changes) => makePoll(ready.facts, changes),
  }
}

/** Makes an open poll with one choice question `q` of the options `a` and `b`; answers its id. */
export const makePoll = async (
  { url, apiKey }: Pick<DevFacts, 'url' | 'apiKey'>,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<string> => {
  const response = await fetch(`${url}/v1/polls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ ...pollDraft, ...changes }),
  })
  if (!response.ok) throw new Error(`The stack made no poll: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { readonly id: string }).id // the API's answer
}
