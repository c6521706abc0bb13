// Synchronous hashing and one AES block, so that a commit can hash without an await. SHA-256 and HMAC are the platform's
// (node:crypto); AES is not: its cipher objects are streams, twelve times slower for a single block.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { ecb } from '@noble/ciphers/aes.js'
import type { Bytes } from './bytes.ts'

type Part = Uint8Array | string

const encoder = new TextEncoder()

/** SHA-256 of the parts, each preceded by its length in bytes, so that no two lists of parts collide. 32 bytes. */
export const hash = (...parts: readonly Part[]): Bytes =>
  new Uint8Array(createHash('sha256').update(framed(parts)).digest())

/** Plain SHA-256 of a text in UTF-8, hex: what other systems compute too. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** HMAC-SHA-256 of the parts under a key, framed as in `hash`. 32 bytes. */
export const keyedHash = (key: Uint8Array, ...parts: readonly Part[]): Bytes =>
  new Uint8Array(createHmac('sha256', key).update(framed(parts)).digest())

/** One AES-128 block: a permutation of 16 bytes under a 16-byte key. */
export const encipherBlock = (key: Uint8Array, block: Uint8Array): Bytes =>
  new Uint8Array(ecb(key, { disablePadding: true }).encrypt(block))

export const decipherBlock = (key: Uint8Array, block: Uint8Array): Bytes =>
  new Uint8Array(ecb(key, { disablePadding: true }).decrypt(block))

/** Compares secrets in constant time; lengths may differ. */
export const sameSecret = (left: Uint8Array, right: Uint8Array): boolean =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest())

/** All parts in one buffer: each call into the hash costs more than what it hashes. */
const framed = (parts: readonly Part[]): Uint8Array => {
  const encoded = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part))
  const bytes = new Uint8Array(encoded.reduce((size, part) => size + 4 + part.byteLength, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of encoded) {
    view.setUint32(at, part.byteLength)
    bytes.set(part, at + 4)
    at += 4 + part.byteLength
  }
  return bytes
}
