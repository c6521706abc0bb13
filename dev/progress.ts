// Says what is being done, a line a step, with how long it took.
export interface Progress {
  say(line: string): void
  /** Does one step; `told` makes of its result what is worth saying. */
  step<T>(what: string, work: () => Promise<T>, told?: (result: T) => string): Promise<T>
}

/** On a terminal a step shows before it is done; elsewhere (a file, CI) only its one finished line. */
export const createProgress = (out: NodeJS.WriteStream = process.stdout): Progress => ({
  say: (line) => {
    out.write(`${line}\n`)
  },
  async step(what, work, told = () => '') {
    const start = performance.now()
    if (out.isTTY) out.write(`  … ${what}`)
    const result = await work().catch((error: unknown) => {
      if (out.isTTY) out.write('\n')
      throw error
    })
    const line = doneLine(what, told(result), performance.now() - start)
    out.write(out.isTTY ? `\r\u001b[2K${line}\n` : `${line}\n`)
    return result
  },
})

/** For callers that are not a command: finished lines only, to wherever they want them. */
export const progressTo = (log: (line: string) => void): Progress => ({
  say: log,
  async step(what, work, told = () => '') {
    const start = performance.now()
    const result = await work()
    log(doneLine(what, told(result), performance.now() - start))
    return result
  },
})

const doneLine = (what: string, about: string, ms: number): string =>
  `  ✓ ${what}${about === '' ? '' : `: ${about}`} (${(ms / 1000).toFixed(1)} s)`
