// Waits until what a server counts no longer moves: it has done all that it does after it answered.
import { setTimeout as pause } from 'node:timers/promises'

/** Resolves with the reading that has been the same for `stillMs`; throws when it still moves after `timeoutMs`. */
export const untilStill = async <Reading>(
  read: () => Promise<Reading>,
  { stillMs, timeoutMs }: { readonly stillMs: number; readonly timeoutMs: number },
): Promise<Reading> => {
  const untilMs = performance.now() + timeoutMs
  let last = await read()
  let sinceMs = performance.now()
  while (performance.now() - sinceMs < stillMs) {
    if (performance.now() > untilMs) throw new Error(`It did not come to rest within ${timeoutMs / 1000} s.`)
    await pause(Math.min(lookMs, stillMs))
    const now = await read()
    if (JSON.stringify(now) === JSON.stringify(last)) continue
    last = now
    sinceMs = performance.now()
  }
  return last
}

const lookMs = 200
