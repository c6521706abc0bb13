// The archive's schedules, which a laptop's runtime does not run by itself: those of its configuration, at their minutes in UTC.
// Only over the Postgres that comes with it: somebody's own may be a copy of one whose webhooks and retention are real.
import { Cron } from 'croner'
import { configPathOf } from './worker-names.ts'

/** Wakes the Worker as this schedule of its would; answers how that ended, `ok`. */
export type Wake = (cron: string) => Promise<string>

export interface Schedules {
  /** No further one begins, and of one under way nothing is said any more. */
  stop(): void
}

interface Needs {
  readonly crons: readonly string[]
  readonly wake: Wake
  /** Told when a schedule begins to fail, and when it works again. */
  readonly say: (line: string) => void
}

/** One at a time, as they share a process; a minute that comes while the one before still waits is left out. */
export const runSchedules = ({ crons, wake, say }: Needs): Schedules => {
  const outcomes = new Map<string, string>()
  let before: Promise<unknown> = Promise.resolve()
  let stopped = false
  const run = async (cron: string): Promise<void> => {
    if (stopped) return
    const outcome = await wake(cron).catch(String)
    if (stopped) return
    if (outcome !== (outcomes.get(cron) ?? 'ok'))
      say(
        outcome === 'ok'
          ? `  The schedule ${cron} works again`
          : `  The schedule ${cron} failed: ${outcome} (the Workers’ log says more)`,
      )
    outcomes.set(cron, outcome)
  }
  const jobs = crons.map(
    (cron) =>
      new Cron(cron, { timezone: 'UTC', protect: true, unref: true }, () => {
        const turn = before.then(() => run(cron))
        before = turn
        return turn
      }),
  )
  return {
    stop: () => {
      stopped = true
      for (const job of jobs) job.stop()
    },
  }
}

/** As the archive's configuration has them. */
export const archiveCrons = async (): Promise<readonly string[]> => {
  const { unstable_readConfig: readConfig } = await import('wrangler') // fifteen megabytes
  return readConfig({ config: configPathOf('archive') }, { hideWarnings: true }).triggers.crons ?? []
}

/** No schedule takes as long: one that hangs must not keep the others from their turn. */
const longestMs = 5 * 60_000

/** Wakes the archive of a `wrangler dev` at `url`, by the API of its explorer: what it has for schedules reaches the first Worker only. */
export const wakeUnderWrangler =
  (url: string): Wake =>
  async (cron) => {
    const response = await fetch(
      `${url}/cdn-cgi/local/explorer/api/local/scheduled?worker=edgepoll-archive`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ cron }),
        signal: AbortSignal.timeout(longestMs),
      },
    )
    const text = await response.text()
    if (!response.ok) return `${response.status} ${text}`
    const { result } = JSON.parse(text) as { readonly result: { readonly outcome: string } } // wrangler's own API
    return result.outcome
  }
