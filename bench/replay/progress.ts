// Shows how far a replay is: a bar for people, plain lines for logs.
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** How many are done, and what is happening now if it is not the usual. */
  show(done: number, state?: string): void
  stop(): void
}

/** A bar when standard output is a terminal, else a line every two seconds. */
export const showProgress = (
  label: string,
  total: number,
  from: number,
  terminal = process.stdout.isTTY,
): Progress => {
  const rate = rateSince(from)
  return terminal ? bar(label, total, from, rate) : lines(label, total, rate)
}

const bar = (label: string, total: number, from: number, rate: (done: number) => string): Progress => {
  const single = new SingleBar({
    format: `${label} {bar} {value}/{total} · {rate} · {duration_formatted} {state}`,
    fps: 5,
    clearOnComplete: false,
  })
  single.start(total, from, { rate: '', state: '' })
  return {
    show: (done, state = '') => single.update(done, { rate: rate(done), state }),
    stop: () => single.stop(),
  }
}

const lines = (label: string, total: number, rate: (done: number) => string): Progress => {
  let shownMs = performance.now()
  let last = 0
  const print = (done: number, state: string): void => {
    shownMs = performance.now()
    last = done
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
    console.log(
      `${label} ${done} of ${total} (${percent} %), ${rate(done)}${state === '' ? '' : `, ${state}`}`,
    )
  }
  return {
    show: (done, state = '') => {
      if (performance.now() - shownMs >= 2000) print(done, state)
      else last = done
    },
    stop: () => print(last, ''),
  }
}

/** Over the last few seconds, because an average over a crash says nothing about either side of it. */
const rateSince = (from: number): ((done: number) => string) => {
  const marks: { readonly atMs: number; readonly done: number }[] = [{ atMs: performance.now(), done: from }]
  return (done) => {
    const atMs = performance.now()
    if (atMs - (marks.at(-1)?.atMs ?? 0) > 200) marks.push({ atMs, done })
    while (marks.length > 2 && atMs - (marks[0]?.atMs ?? 0) > 5000) marks.shift()
    const first = marks[0] ?? { atMs, done }
    return `${Math.round(((done - first.done) * 1000) / Math.max(1, atMs - first.atMs))}/s`
  }
}
