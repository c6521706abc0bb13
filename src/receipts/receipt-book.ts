// Signs and verifies receipts: compact JWS, Ed25519. Deterministic, so a repeat gets the same receipt.
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import type { ReceiptBook } from '../application/ports.ts'
import type { ReceiptClaims } from '../domain/ballot/receipt.ts'

/** An Ed25519 private key as a JWK with a `kid`. */
export type ReceiptKey = JWK & { readonly kid: string }

export const receiptBook = (key: ReceiptKey): ReceiptBook => {
  const { d: _private, ...publicJwk } = key
  const privateKey = importJWK(key, 'EdDSA')
  const publicKey = importJWK(publicJwk, 'EdDSA')
  const sign = async (typ: string, claims: object) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ })
      .sign(await privateKey)
  return {
    sign: (claims) => sign('receipt+jws', claims),
    signCheckpoint: (checkpoint) => sign('checkpoint+jws', checkpoint),
    keys: () => ({ keys: [{ ...publicJwk, alg: 'EdDSA', use: 'sig' }] }),
    verify: async (receipt) => {
      try {
        const { kid, typ } = decodeProtectedHeader(receipt)
        if (kid !== key.kid || typ !== 'receipt+jws') return null
        const { payload } = await compactVerify(receipt, await publicKey, { algorithms: ['EdDSA'] })
        return JSON.parse(new TextDecoder().decode(payload)) as ReceiptClaims // our own signature is over it
      } catch {
        return null
      }
    },
  }
}
