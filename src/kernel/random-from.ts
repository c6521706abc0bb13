// Bytes that follow from a secret and names.
import { keyedHash } from './hash.ts'
import type { Random } from './random.ts'

/** The same bytes in the same order each time, which nobody can tell who has not the secret. At most 32 at once. */
export const randomFrom = (
  secret: Uint8Array,
  ...names: readonly (string | Uint8Array)[]
): Pick<Random, 'bytes'> => {
  let calls = 0
  return {
    bytes: (length) => {
      if (length > 32) throw new Error(`${length} bytes are more than one hash has`)
      return keyedHash(secret, ...names, String(calls++)).slice(0, length)
    },
  }
}
