// What the log says about a ballot without saying what is on it.
import { toHex } from '../../kernel/bytes.ts'
import { hash, keyedHash } from '../../kernel/hash.ts'

/** Hex, 16 bytes; derived, so that deleting the poll's secret closes every commitment for good. */
export const saltOf = (secret: Uint8Array, ballotId: string, revision: number): string =>
  toHex(keyedHash(secret, 'salt', ballotId, String(revision)).subarray(0, 16))

/** H(salt ‖ answers), hex, 32 bytes. `answersText` is the canonical JSON of the answers. */
export const commitmentOf = (salt: string, answersText: string): string =>
  toHex(hash('commitment', salt, answersText))
