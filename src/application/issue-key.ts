import type { KeyRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result } from '../kernel/result.ts'
import type { Deed } from './audit-ports.ts'
import { type Drawing, type DrawName, drawnFor } from './draw-again.ts'
import type { Owner } from './identify-caller.ts'
import type { KeyBook, NewKey, StoredKey } from './key-ports.ts'
import { drawKey, isDrawnAgain, mayGive } from './manage-keys.ts'

interface Needs extends Drawing {
  readonly keyBook: Pick<KeyBook, 'add'>
  readonly clock: Clock
}

export interface KeyOrder extends Pick<StoredKey, 'name' | 'mode' | 'scopes' | 'expiresAt'> {
  readonly owner: Owner
  readonly deed: Deed
  readonly drawName: DrawName
}

export interface IssuedKey {
  readonly key: StoredKey
  /** Shown here and never again. */
  readonly apiKey: string
}

/** Makes a key of the caller's workspace that can do no more than the caller. With an Idempotency-Key it follows from that, so
 *  that who lost the answer after the key was made asks again and is shown the same one. */
export const issueKey =
  ({ keyBook, clock, ...drawing }: Needs) =>
  async (
    { owner, deed, name, mode, scopes, expiresAt, drawName }: KeyOrder,
    signal: AbortSignal,
  ): Promise<Result<IssuedKey, KeyRefusal>> => {
    const may = mayGive(owner, { mode, scopes })
    if (!may.ok) return may
    const { accountId } = owner
    const now = clock.now()
    const draw = (from: Pick<Random, 'bytes'>) =>
      drawKey(from, { accountId, name, mode, scopes, createdAt: now, expiresAt })
    const drawn = drawnFor(drawing, drawName, 'key', JSON.stringify([name, mode, scopes, expiresAt]))
    const { key, apiKey } = draw(drawn)
    const added = await keyBook.add(key, { ...deed, target: key.id }, signal)
    if (added === 'made') return accept({ key: asStored(key), apiKey })
    if (isDrawnAgain(added, now)) return accept({ key: added, apiKey })
    const another = draw(drawing.random)
    await keyBook.add(another.key, { ...deed, target: another.key.id }, signal)
    return accept({ key: asStored(another.key), apiKey: another.apiKey })
  }

/** A key that was made just now. */
export const asStored = ({ accountId: _own, secretHash: _kept, ...key }: NewKey): StoredKey => ({
  ...key,
  revokedAt: null,
  lastUsedAt: null,
  replacedBy: null,
})
