// Whether the npm that runs this script still lives. It passes a SIGTERM on to the shell between us only, and a SIGKILL to nobody.
import { birthOf, commandOf, parentOf } from './processes.ts'

const lookMs = 500

/** Calls `gone` once npm, or the shell it put between us, has ended; never when somebody else started this script. */
export const watchNpm = (
  gone: () => void,
  script: readonly string[] = ['start', 'stack'],
): { stop(): void } => {
  const { npm_lifecycle_event: event } = process.env
  if (event === undefined || !script.includes(event)) return { stop: () => undefined }
  const parent = process.ppid
  // Some shells become the command they run; then our parent is npm itself, and its parent is none of our business.
  const watched = isShell(commandOf(parent)) ? [parent, parentOf(parent)] : [parent]
  const births = watched.map(birthOf)
  // It may have gone before we looked: then the first process of the system has taken its shell in.
  if (watched[1] === 1 && !commandOf(1).includes('npm')) queueMicrotask(gone)
  const timer = setInterval(() => {
    if (watched.every((pid, index) => birthOf(pid) === births[index])) return
    clearInterval(timer)
    gone()
  }, lookMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

/** Whether a command line is a shell that was given one command. */
export const isShell = (commandLine: string): boolean => /^(\S*\/)?(da|ba|z|a)?sh -c /.test(commandLine)
