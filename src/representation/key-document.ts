// A key as its owner sees it: everything but the secret.
import type { StoredKey } from '../application/key-ports.ts'
import { time } from './time.ts'

export const keyDocument = (key: StoredKey) => ({
  id: key.id,
  name: key.name,
  mode: key.mode,
  scopes: key.scopes,
  createdAt: time(key.createdAt),
  expiresAt: time(key.expiresAt),
  revokedAt: time(key.revokedAt),
  lastUsedAt: time(key.lastUsedAt),
  replacedBy: key.replacedBy,
})
