// How an API key is written: `ep_live_<id>_<secret>`. The id finds it, the secret half is only ever kept as a hash.
import { hash } from '../kernel/hash.ts'
import type { KeyMode } from './ports.ts'

export const formatApiKey = (mode: KeyMode, keyId: string, secret: string): string =>
  `ep_${mode}_${keyId.slice('key_'.length)}_${secret}`

/** null: this is no key of ours. */
export const parseApiKey = (text: string): { mode: KeyMode; keyId: string; secret: string } | null => {
  const [, mode, id, secret] = /^ep_(live|test)_([0-9a-z]{16})_([0-9a-z]{39})$/.exec(text) ?? []
  if (id === undefined || secret === undefined) return null
  return { mode: mode === 'live' ? 'live' : 'test', keyId: `key_${id}`, secret }
}

/** The secret has 192 random bits: a plain hash cannot be guessed back. */
export const secretHashOf = (secret: string): Uint8Array => hash('api-key', secret)

/** Whether a key opens nothing any more. */
export const isOver = (
  { revokedAt, expiresAt }: { readonly revokedAt: number | null; readonly expiresAt: number | null },
  now: number,
): boolean => (revokedAt ?? now + 1) <= now || (expiresAt ?? now + 1) <= now
