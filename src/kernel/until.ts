// Waiting with an end.

/** Stops waiting when the signal says so, rejecting with its reason; what was asked goes on by itself. */
export const until = <Value>(signal: AbortSignal, answer: PromiseLike<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
