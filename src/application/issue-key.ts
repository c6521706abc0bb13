import type { KeyRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result } from '../kernel/result.ts'
import type { Deed } from './audit-ports.ts'
import type { Owner } from './identify-caller.ts'
import type { KeyBook, NewKey, StoredKey } from './key-ports.ts'
import { drawKey, mayGive } from './manage-keys.ts'

interface Needs {
  readonly keyBook: Pick<KeyBook, 'add'>
  readonly clock: Clock
  readonly random: Random
}

export interface KeyOrder extends Pick<StoredKey, 'name' | 'mode' | 'scopes' | 'expiresAt'> {
  readonly owner: Owner
  readonly deed: Deed
}

export interface IssuedKey {
  readonly key: StoredKey
  /** Shown here and never again. */
  readonly apiKey: string
}

/** Makes a key of the caller's workspace that can do no more than the caller. */
export const issueKey =
  ({ keyBook, clock, random }: Needs) =>
  async (
    { owner, deed, name, mode, scopes, expiresAt }: KeyOrder,
    signal: AbortSignal,
  ): Promise<Result<IssuedKey, KeyRefusal>> => {
    const may = mayGive(owner, { mode, scopes })
    if (!may.ok) return may
    const { accountId } = owner
    const { key, apiKey } = drawKey(random, {
      accountId,
      name,
      mode,
      scopes,
      createdAt: clock.now(),
      expiresAt,
    })
    await keyBook.add(key, { ...deed, target: key.id }, signal)
    return accept({ key: asStored(key), apiKey })
  }

/** A key that was made just now. */
export const asStored = ({ accountId: _own, secretHash: _kept, ...key }: NewKey): StoredKey => ({
  ...key,
  revokedAt: null,
  lastUsedAt: null,
  replacedBy: null,
})
