// Keys that sign receipts in tests, and nowhere else: they are public, as everything here, and the same in every run.
import { createPrivateKey } from 'node:crypto'
import { hash } from '../../src/kernel/hash.ts'

interface TestKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly d: string
  readonly kid: string
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in PKCS #8. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

const aKey = (kid: string): TestKey => {
  const key = Buffer.concat([pkcs8, hash('a key of the tests', kid)])
  const { x = '', d = '' } = createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
  return { kty: 'OKP', crv: 'Ed25519', x, d, kid }
}

export const receiptKey = aKey('receipts-of-tests')

/** A key that nobody here knows. */
export const foreignReceiptKey = aKey('of-somebody-else')
