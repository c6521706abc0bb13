// Synchronous SHA-256 and AES, so that a commit can hash without an await (platform: node:crypto).
import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Bytes } from './bytes.ts'

type Part = Uint8Array | string

/** SHA-256 of the parts, each preceded by its length in bytes, so that no two lists of parts collide. 32 bytes. */
export const hash = (...parts: readonly Part[]): Bytes => {
  const sum = createHash('sha256')
  for (const part of parts) absorb(sum, part)
  return new Uint8Array(sum.digest())
}

/** Plain SHA-256 of a text in UTF-8, hex: what other systems compute too. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** HMAC-SHA-256 of the parts under a key, framed as in `hash`. 32 bytes. */
export const keyedHash = (key: Uint8Array, ...parts: readonly Part[]): Bytes => {
  const sum = createHmac('sha256', key)
  for (const part of parts) absorb(sum, part)
  return new Uint8Array(sum.digest())
}

/** One AES-128 block: a permutation of 16 bytes under a 16-byte key. */
export const encipherBlock = (key: Uint8Array, block: Uint8Array): Bytes => {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  return new Uint8Array(Buffer.concat([cipher.update(block), cipher.final()]))
}

export const decipherBlock = (key: Uint8Array, block: Uint8Array): Bytes => {
  const cipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  return new Uint8Array(Buffer.concat([cipher.update(block), cipher.final()]))
}

/** Compares secrets in constant time; lengths may differ. */
export const sameSecret = (left: Uint8Array, right: Uint8Array): boolean =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest())

const absorb = (sum: { update(data: Uint8Array): unknown }, part: Part) => {
  const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, bytes.byteLength)
  sum.update(length)
  sum.update(bytes)
}
