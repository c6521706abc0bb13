// The secrets of a local platform: made once, kept in the data folder for its owner only.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { DataFolder } from './data-folder.ts'
import { readJson, writeJson } from './json-file.ts'

export interface Secrets {
  readonly rootKey: string
  /** An Ed25519 private key as JWK text, with `kid`. */
  readonly receiptKey: string
  /** What callers of the Redis gateway show. */
  readonly redisToken: string
  /** What the secrets of webhooks are computed from. */
  readonly webhookKey: string
}

/** The secrets of the folder; what is missing is made and kept. */
export const readSecrets = (folder: DataFolder): Secrets => {
  const kept = (readJson(folder.secretsFile) ?? {}) as Partial<Secrets> // written below
  const secrets: Secrets = {
    rootKey: kept.rootKey ?? `ep_root_${randomBytes(32).toString('base64url')}`,
    receiptKey: kept.receiptKey ?? JSON.stringify(makeReceiptKey()),
    redisToken: kept.redisToken ?? randomBytes(24).toString('base64url'),
    webhookKey: kept.webhookKey ?? randomBytes(32).toString('base64url'),
  }
  writeJson(folder.secretsFile, secrets)
  return secrets
}

/** A key for signing receipts; its id is the thumbprint of RFC 7638, so the same key always has the same name. */
export const makeReceiptKey = () => {
  const { crv, d, kty, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  return { kty, crv, x, d, kid, alg: 'EdDSA', use: 'sig' }
}
