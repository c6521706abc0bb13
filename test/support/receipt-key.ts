// Keys that sign receipts in tests, and nowhere else: they are public, as everything here.
import { generateKeyPairSync } from 'node:crypto'

interface TestKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly d: string
  readonly kid: string
}

const aKey = (kid: string): TestKey => {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return { kty: 'OKP', crv: 'Ed25519', x, d, kid }
}

export const receiptKey = aKey('receipts-of-tests')

/** A key that nobody here knows. */
export const foreignReceiptKey = aKey('of-somebody-else')
