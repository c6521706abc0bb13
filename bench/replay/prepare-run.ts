// Begins a replay: makes its poll, or finds the one an interrupted replay was filling.
import { randomBytes } from 'node:crypto'
import type { Election } from './election.ts'
import { type Asked, pollBody } from './poll-of.ts'
import { keepRun, type RunState, readRun } from './run-state.ts'
import { askServer } from './server.ts'
import { dataFolder, type TargetOptions } from './target.ts'

export interface RunWish extends Asked {
  readonly file: string
  readonly seed: string
  readonly voters: number
  readonly resume: boolean
}

/** The run to do: a fresh poll with nothing cast, or the remembered one with what it had acknowledged. */
export const prepareRun = async (
  election: Election,
  wish: RunWish,
  target: TargetOptions,
): Promise<RunState> => (wish.resume ? resumedRun(wish) : freshRun(election, wish, target))

const freshRun = async (election: Election, wish: RunWish, target: TargetOptions): Promise<RunState> => {
  const runId = randomBytes(5).toString('hex')
  const poll = (await askServer(target, {
    method: 'POST',
    path: '/v1/polls',
    body: pollBody(election, wish, wish.voters),
    key: `replay-${runId}-poll`,
  })) as { readonly id?: unknown } | null // checked on the next line
  if (typeof poll?.id !== 'string') throw new Error('The server made a poll, but its answer names no id.')
  const { file, seed, voters, questionId, type } = wish
  const state = { runId, pollId: poll.id, file, seed, voters, questionId, type, acknowledged: 0 }
  keepRun(dataFolder(), state)
  return state
}

const resumedRun = (wish: RunWish): RunState => {
  const state = readRun(dataFolder())
  if (state.file !== wish.file) throw new Error(`The replay to resume here is one of ${state.file}.`)
  return state
}
