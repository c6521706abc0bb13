// One run on a data folder at a time, and a list of what it started, so that a run that was killed can be cleaned up after.
import { linkSync, renameSync, rmSync } from 'node:fs'
import { alreadyRunning } from './complaint.ts'
import type { DataFolder } from './data-folder.ts'
import { readJson, writeJson } from './json-file.ts'
import { birthOf } from './processes.ts'

export interface StartedProcess {
  readonly name: string
  readonly pid: number
  readonly birth: string
  /** What ends it politely: Postgres waits for its clients on SIGTERM. */
  readonly endWith: NodeJS.Signals
}

export interface Run {
  readonly command: string
  readonly pid: number
  readonly birth: string
  readonly started: readonly StartedProcess[]
}

export interface RunLock {
  /** What a run that did not end by itself left in the list. */
  readonly leftBehind: readonly StartedProcess[]
  remember(process: StartedProcess): void
  release(): void
}

/** The run that holds the folder now, or null. */
export const currentRun = (folder: DataFolder): Run | null => {
  const run = readRun(folder.runFile)
  return run !== null && birthOf(run.pid) === run.birth ? run : null
}

/** @throws Complaint when somebody holds the folder. */
export const takeRunLock = (folder: DataFolder, command: string): RunLock => {
  const refuse = (run: Run | null) => alreadyRunning(folder.root, run?.command ?? command, run?.pid ?? 0)
  const holder = currentRun(folder)
  if (holder !== null) throw refuse(holder)
  const leftBehind = readRun(folder.runFile)?.started ?? []
  moveAsideDead(folder, refuse)
  let run: Run = { command, pid: process.pid, birth: birthOf(process.pid) ?? '', started: [] }
  if (!claim(folder, run)) throw refuse(currentRun(folder))
  return {
    leftBehind,
    remember(started) {
      run = { ...run, started: [...run.started, started] }
      writeJson(folder.runFile, run)
    },
    release: () => rmSync(folder.runFile, { force: true }),
  }
}

const readRun = (path: string) => readJson(path) as Run | null // written here and by nobody else

// A link is made with its content or not at all, and never over another.
const claim = (folder: DataFolder, run: Run): boolean => {
  const draft = `${folder.runFile}.${process.pid}.claim`
  writeJson(draft, run)
  try {
    linkSync(draft, folder.runFile)
    return true
  } catch {
    return false
  } finally {
    rmSync(draft)
  }
}

// Two starters may both find the same dead run. Only one of them renames it; the other may catch the fresh file of the first,
// notices by its content, and puts it back.
const moveAsideDead = (folder: DataFolder, refuse: (run: Run | null) => Error): void => {
  const aside = `${folder.runFile}.${process.pid}.dead`
  try {
    renameSync(folder.runFile, aside)
  } catch {
    return
  }
  const moved = readRun(aside)
  const alive = moved !== null && birthOf(moved.pid) === moved.birth
  if (alive) claim(folder, moved)
  rmSync(aside)
  if (alive) throw refuse(moved)
}
