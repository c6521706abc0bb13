import type { KeyRefusal, VotingRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { Deed } from './audit-ports.ts'
import { type Drawing, drawnFor, isOfThisRequest } from './draw-again.ts'
import type { Owner } from './identify-caller.ts'
import type { KeyBook, NewKey, StoredKey } from './key-ports.ts'
import { drawKey, mayGive } from './manage-keys.ts'

interface Needs extends Drawing {
  readonly keyBook: Pick<KeyBook, 'add'>
  readonly clock: Clock
}

export interface KeyOrder extends Pick<StoredKey, 'name' | 'mode' | 'scopes' | 'expiresAt'> {
  readonly owner: Owner
  readonly deed: Deed
  readonly idempotencyKey: string | null
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
    { owner, deed, name, mode, scopes, expiresAt, idempotencyKey }: KeyOrder,
    signal: AbortSignal,
  ): Promise<Result<IssuedKey, KeyRefusal | VotingRefusal>> => {
    const may = mayGive(owner, { mode, scopes })
    if (!may.ok) return may
    const { accountId } = owner
    const now = clock.now()
    const wanted = { name, mode, scopes, expiresAt }
    const draw = (from: Pick<Random, 'bytes'>) => drawKey(from, { accountId, ...wanted, createdAt: now })
    const { key, apiKey } = draw(drawnFor(drawing, owner, idempotencyKey, 'key'))
    const known = await keyBook.add(key, { ...deed, target: key.id }, signal)
    if (known === null) return accept({ key: asStored(key), apiKey })
    if (isOfThisRequest(known, now))
      return isAsWanted(known, wanted)
        ? accept({ key: known, apiKey })
        : refuse({ reason: 'idempotency-key-reused' })
    const another = draw(drawing.random)
    await keyBook.add(another.key, { ...deed, target: another.key.id }, signal)
    return accept({ key: asStored(another.key), apiKey: another.apiKey })
  }

type Wanted = Pick<KeyOrder, 'name' | 'mode' | 'scopes' | 'expiresAt'>

const isAsWanted = (known: Wanted, wanted: Wanted): boolean =>
  known.name === wanted.name &&
  known.mode === wanted.mode &&
  known.expiresAt === wanted.expiresAt &&
  known.scopes.length === wanted.scopes.length &&
  known.scopes.every((scope) => wanted.scopes.includes(scope))

/** A key that was made just now. */
export const asStored = ({ accountId: _own, secretHash: _kept, ...key }: NewKey): StoredKey => ({
  ...key,
  revokedAt: null,
  lastUsedAt: null,
  replacedBy: null,
})
