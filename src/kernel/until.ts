// Waiting with an end.

/** Stops waiting when the signal says so, rejecting with its reason; what was asked goes on by itself. */
export const until = <Value>(signal: AbortSignal, answer: PromiseLike<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    // In any case somebody listens to the answer: one that fails later must not be an unhandled rejection.
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
