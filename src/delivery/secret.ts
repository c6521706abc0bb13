// The secrets of webhooks, computed from one key of ours: a copy of the database signs nothing.
import type { WebhookSecret } from '../application/manage-webhooks.ts'
import { toBase64 } from '../kernel/bytes.ts'
import { keyedHash } from '../kernel/hash.ts'

/** 256 bits, as Standard Webhooks writes them. Losing the key means that all webhooks have other secrets. */
export const webhookSecrets = (webhookKey: string): WebhookSecret => {
  const key = new TextEncoder().encode(webhookKey)
  return ({ id, generation }) => `whsec_${toBase64(keyedHash(key, id, String(generation)))}`
}
