// Invite codes: `serial ‖ 60-bit MAC` under the poll's key. Validity is computed, never looked up.
import { fromBase32, toBase32 } from '../../kernel/bytes.ts'
import { keyedHash, sameSecret } from '../../kernel/hash.ts'

/** The highest serial a poll can issue: 40 bits. */
export const lastInvite = 2 ** 40 - 1

/** 20 characters in five groups: `0000-0xyz-…`. Serials start at 1. */
export const inviteCode = (secret: Uint8Array, serial: number): string =>
  (toBase32(bytesOf(serial)) + macOf(secret, serial)).replace(/.{4}(?=.)/g, '$&-')

/** The serial of a code of this poll, or null for anything else. Case, hyphens and spaces do not matter, and the
 *  letters that people mistake for digits are read as those. */
export const inviteSerial = (secret: Uint8Array, code: string): number | null => {
  const plain = code.replace(/[\s-]/g, '').toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1')
  if (plain.length !== 20) return null
  const bytes = fromBase32(plain.slice(0, 8))
  if (bytes === null) return null
  const serial = bytes.reduce((value, byte) => value * 256 + byte, 0)
  const encoder = new TextEncoder()
  return sameSecret(encoder.encode(plain.slice(8)), encoder.encode(macOf(secret, serial))) ? serial : null
}

const bytesOf = (serial: number): Uint8Array => {
  const bytes = new Uint8Array(5)
  for (let at = 4, rest = serial; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256
  return bytes
}

/** 12 characters: 60 bits. */
const macOf = (secret: Uint8Array, serial: number): string =>
  toBase32(keyedHash(secret, 'invite', bytesOf(serial))).slice(0, 12)
