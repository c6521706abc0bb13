// Receipts and signed checkpoints: the same claims always give the same token, and only our own are believed.
import { CompactSign, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReceiptClaims } from '../../src/domain/ballot/receipt.ts'
import { receiptBook } from '../../src/receipts/receipt-book.ts'
import { foreignReceiptKey, receiptKey } from '../support/receipt-key.ts'

const claims: ReceiptClaims = {
  poll: 'poll_1',
  ballot: 'bal_1',
  revision: 1,
  shard: 0,
  seq: 7,
  commitment: 'ab'.repeat(32),
}

const book = receiptBook(receiptKey)
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const parts = (token: string) => token.split('.') as [string, string, string]

describe('a receipt', () => {
  test('is the same for the same claims, on every edge', async () => {
    expect(await book.sign(claims)).toBe(await receiptBook(receiptKey).sign({ ...claims }))
  })

  test('is another for any other claim', async () => {
    const others: ReceiptClaims[] = [
      { ...claims, poll: 'poll_2' },
      { ...claims, ballot: 'bal_2' },
      { ...claims, revision: 2 },
      { ...claims, seq: 8 },
      { ...claims, commitment: 'cd'.repeat(32) },
    ]
    const tokens = await Promise.all([claims, ...others].map((each) => book.sign(each)))
    expect(new Set(tokens).size).toBe(tokens.length)
  })

  test('is read back by whoever has the key', async () => {
    expect(await book.verify(await book.sign(claims))).toEqual(claims)
  })

  test('says in its header which key and what it is', async () => {
    const [header] = parts(await book.sign(claims))
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'EdDSA',
      kid: receiptKey.kid,
      typ: 'receipt+jws',
    })
  })

  test('says nothing of the choice', async () => {
    const [, payload] = parts(await book.sign(claims))
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(claims)
  })
})

describe('refused as a receipt is', () => {
  const rejected = async (token: string) => expect(await book.verify(token)).toBeNull()

  test('one of a foreign key, even under our name', async () => {
    await rejected(await receiptBook(foreignReceiptKey).sign(claims))
    await rejected(await receiptBook({ ...foreignReceiptKey, kid: receiptKey.kid }).sign(claims))
  })

  test('one that was changed after it was signed', async () => {
    const [header, payload, signature] = parts(await book.sign(claims))
    await rejected(`${header}.${encoded({ ...claims, poll: 'poll_2' })}.${signature}`)
    await rejected(`${encoded({ alg: 'EdDSA', kid: receiptKey.kid })}.${payload}.${signature}`)
    await rejected(`${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`)
  })

  test('one that names another algorithm, or none', async () => {
    const unsigned = `${encoded({ alg: 'none', kid: receiptKey.kid, typ: 'receipt+jws' })}.${encoded(claims)}.`
    await rejected(unsigned)
    const publicPart = new TextEncoder().encode(receiptKey.x)
    const symmetric = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'HS256', kid: receiptKey.kid, typ: 'receipt+jws' })
      .sign(publicPart)
    await rejected(symmetric)
  })

  test('a checkpoint, though the same key signs it', async () => {
    await rejected(await book.signCheckpoint({ pollId: 'poll_1', shard: 0, seq: 256, head: 'ab'.repeat(32) }))
  })

  test('a token of another kind under our own key', async () => {
    const key = await importJWK(receiptKey, 'EdDSA')
    const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'EdDSA', kid: receiptKey.kid, typ: 'JWT' })
      .sign(key)
    await rejected(token)
  })

  test.each(['', '.', '..', 'a.b.c', 'x'.repeat(10_000), '💥', 'null', '{}'])('%j', (token) =>
    rejected(token),
  )
})

describe('the key set', () => {
  test('has the public half and never the private one', () => {
    const [key] = book.keys().keys
    expect(key).toMatchObject({
      kid: receiptKey.kid,
      kty: 'OKP',
      crv: 'Ed25519',
      x: receiptKey.x,
      alg: 'EdDSA',
    })
    expect(JSON.stringify(book.keys())).not.toContain(receiptKey.d)
    expect(key).not.toHaveProperty('d')
  })
})
