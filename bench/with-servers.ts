// Starts the servers of a benchmark and ends every one of them, whatever happens in between.

interface Server {
  stop(): Promise<void>
}

/** Starts both, one after the other, uses them, and stops what was started. */
export const withServers = async <First extends Server, Second extends Server, Outcome>(
  [startFirst, startSecond]: readonly [() => Promise<First>, () => Promise<Second>],
  use: (servers: readonly [First, Second]) => Promise<Outcome>,
): Promise<Outcome> => {
  const first = await startFirst()
  try {
    const second = await startSecond()
    try {
      return await use([first, second])
    } finally {
      await second.stop()
    }
  } finally {
    await first.stop()
  }
}
