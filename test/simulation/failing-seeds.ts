// Seeds that have failed, kept in failing-seeds.json: they are run before all others. A seed draws the same run as long as
// the plan does; when the plan changes, put the defect back and look for the seeds that show it now.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunReport } from './run.ts'

export interface FailingSeed {
  readonly seed: number
  /** The first invariant it broke when it was kept, and how. */
  readonly broke: string
  readonly message: string
  /** What it was, once that is known. */
  readonly cause?: string
}

const file = join(import.meta.dirname, 'failing-seeds.json')

export const failingSeeds = (): readonly FailingSeed[] =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []

/** Adds what failed now; a seed that is there stays as it was first found. */
export const keepFailing = (failed: readonly RunReport[]): void => {
  const known = failingSeeds()
  const fresh = failed
    .filter(({ seed }) => known.every((kept) => kept.seed !== seed))
    .map(({ seed, findings: [first] }) => ({
      seed,
      broke: first?.invariant ?? '',
      message: first?.message.slice(0, 300) ?? '',
    }))
  if (fresh.length > 0) writeFileSync(file, `${JSON.stringify([...known, ...fresh], null, 2)}\n`)
}
