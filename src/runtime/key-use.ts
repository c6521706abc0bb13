// When keys were last used, to ten minutes: each isolate notes it at most that often, and nobody waits for it.
import type { KeyBook } from '../application/key-ports.ts'
import { BoundedMap } from '../kernel/bounded-map.ts'
import type { Clock } from '../kernel/clock.ts'

interface Needs {
  readonly clock: Clock
  readonly waitUntil: (work: Promise<unknown>) => void
}

const everyMs = 10 * 60_000
const ownMs = 5_000
const keysKnown = 5_000

export const keyUse = (book: Pick<KeyBook, 'touch'>, { clock, waitUntil }: Needs) => {
  const noted = new BoundedMap<string, number>(keysKnown)
  return (keyId: string): void => {
    const now = clock.now()
    if (now - (noted.get(keyId) ?? Number.NEGATIVE_INFINITY) < everyMs) return
    noted.set(keyId, now)
    // Where Postgres is away it is noted ten minutes later.
    waitUntil(book.touch(keyId, now, AbortSignal.timeout(ownMs)).catch(() => undefined))
  }
}
