// Chance as an argument: the only page that may draw.
import { randomBytes } from 'node:crypto'
import type { Bytes } from './bytes.ts'

export interface Random {
  /** Unpredictable bytes, fit for secrets. */
  bytes(length: number): Bytes
  /** In [0, 1), for jitter; never for secrets. */
  fraction(): number
}

export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  fraction: () => Math.random(),
}
