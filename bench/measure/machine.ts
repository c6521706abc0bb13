// What the numbers were measured on. Never the machine's name or a path: results are published.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, release, totalmem, type } from 'node:os'

export interface MachineFacts {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly kernel: string
  readonly node: string
  readonly workerd: string
  /** The one-minute load just before: well above 0 means that others were at work and the ratios are a busy machine's. */
  readonly loadBefore: number
  /** The commit measured; `+` when the working tree differed from it. */
  readonly commit: string
}

/** The facts of the machine this runs on, as they are now. */
export const machineFacts = (): MachineFacts => ({
  cpu: cpus()[0]?.model.trim() || 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: `${type()} ${release()}`,
  node: process.version,
  workerd: packageVersion('workerd'),
  loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  commit: commit(),
})

const packageVersion = (name: string): string => {
  try {
    const path = createRequire(import.meta.url).resolve(`${name}/package.json`)
    return String((JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: unknown }).version) // shown, not used
  } catch {
    return 'unknown'
  }
}

const commit = (): string => {
  try {
    const git = (...words: readonly string[]): string =>
      execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    const changed = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      '--',
      '.',
      ':!bench/results',
      ':!docs',
    )
    return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '+'}`
  } catch {
    return 'unknown'
  }
}
