// The end of a run: somebody asks for it (Ctrl-C, SIGTERM), or it fails; either way everything it started is ended first.
import { Complaint } from './complaint.ts'
import { watchNpm } from './npm-parent.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

class Asked extends Error {}

/**
 * Does `work`, which never needs to end by itself, until it fails or somebody asks to stop; then `stop`, and answers the exit code.
 * npm passes a Ctrl-C on that the terminal has already sent, so a repeated signal only hurries after a second.
 */
export const untilStopped = async (
  work: () => Promise<never>,
  stop: () => Promise<void>,
  say: (line: string) => void,
): Promise<number> => {
  const asked = Promise.withResolvers<never>()
  asked.promise.catch(() => undefined)
  let first = 0
  const hear = () => {
    if (first === 0) {
      first = Date.now()
      asked.reject(new Asked())
    } else if (Date.now() - first > 1_000) {
      say('Stopping without waiting.')
      process.exit(1)
    }
  }
  for (const name of signals) process.on(name, hear)
  const npm = watchNpm(() => (first === 0 ? hear() : undefined))
  // A bug must not leave Postgres and the rest behind, nor must a reader of our output who has gone.
  const crash = (error: unknown) => asked.reject(error)
  process.on('uncaughtException', crash)
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
  try {
    return await Promise.race([work(), asked.promise])
  } catch (error) {
    const wanted = error instanceof Asked
    if (wanted) say('\nStopping…')
    else say(`\n${describe(error)}`)
    await stop()
    if (wanted) say('Stopped. The data is kept; "npm run reset" deletes it.')
    return wanted ? 0 : 1
  } finally {
    npm.stop()
    process.off('uncaughtException', crash)
    for (const name of signals) process.off(name, hear)
  }
}

// A complaint is for people; anything else is a bug, whose stack is for us.
const describe = (error: unknown): string =>
  error instanceof Error && !(error instanceof Complaint)
    ? (error.stack ?? error.message)
    : String(error instanceof Error ? error.message : error)
