// What a replay must remember to go on after it was stopped: which run it is and how far it came.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Asked } from './poll-of.ts'

export interface RunState extends Asked {
  readonly runId: string
  readonly pollId: string
  readonly file: string
  readonly seed: string
  readonly voters: number
  /** Ballots acknowledged from the beginning without a gap. */
  readonly acknowledged: number
}

/** Replaces the remembered run of a data folder at once, never half. */
export const keepRun = (folder: string, state: RunState): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${pathIn(folder)}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${pathIn(folder)}.new`, pathIn(folder))
}

/** The remembered run, or an error that says there is none. */
export const readRun = (folder: string): RunState => {
  try {
    return JSON.parse(readFileSync(pathIn(folder), 'utf8')) as RunState // written by keepRun
  } catch {
    throw new Error('There is no replay to resume here: start one without --resume.')
  }
}

const pathIn = (folder: string): string => join(folder, 'replay.json')
