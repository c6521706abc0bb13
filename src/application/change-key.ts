import type { KeyRefusal } from '../domain/refusal.ts'
import type { Clock } from '../kernel/clock.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { Deed } from './audit-ports.ts'
import { type Drawing, type DrawName, drawnFor } from './draw-again.ts'
import type { Owner } from './identify-caller.ts'
import { asStored, type IssuedKey } from './issue-key.ts'
import type { KeyBook, StoredKey } from './key-ports.ts'
import { drawKey, isDrawnAgain, mayGive, reachOf } from './manage-keys.ts'

interface Order {
  readonly owner: Owner
  readonly key: StoredKey
  readonly deed: Deed
}

/** Gives a key another name. */
export const renameKey =
  ({ keyBook }: { readonly keyBook: Pick<KeyBook, 'rename'> }) =>
  async (
    { owner, key, deed, name }: Order & { readonly name: string },
    signal: AbortSignal,
  ): Promise<Result<StoredKey, KeyRefusal>> => {
    const entry = { ...deed, target: key.id }
    const renamed = await keyBook.rename(reachOf(owner), key.id, name, entry, signal)
    return renamed === null ? refuse({ reason: 'key-not-found' }) : accept(renamed)
  }

interface Needs extends Drawing {
  readonly keyBook: Pick<KeyBook, 'find' | 'rotate' | 'revoke'>
  /** What this isolate remembers of a key goes, so that the next request asks Postgres. */
  readonly forgetKey: (keyId: string) => Promise<void>
  readonly clock: Clock
}

/** Puts a new key of the same name, mode and scopes in the place of one, which ends after the overlap. One that was made
 *  for a time is replaced by one for as long a time. Who lost the answer and asks again is shown the key that replaced it. */
export const rotateKey =
  ({ keyBook, forgetKey, clock, ...drawing }: Needs) =>
  async (
    {
      owner,
      key: old,
      deed,
      overlapMs,
      drawName,
    }: Order & { readonly overlapMs: number; readonly drawName: DrawName },
    signal: AbortSignal,
  ): Promise<Result<IssuedKey, KeyRefusal>> => {
    const may = mayGive(owner, old)
    if (!may.ok) return may
    const now = clock.now()
    const { name, mode, scopes, createdAt } = old
    const expiresAt = old.expiresAt === null ? null : now + (old.expiresAt - createdAt)
    const { accountId } = owner
    const drawn = drawnFor(drawing, drawName, 'rotated', old.id, String(overlapMs))
    const { key, apiKey } = drawKey(drawn, { accountId, name, mode, scopes, createdAt: now, expiresAt })
    const change = { successor: key, endsAt: now + overlapMs, now }
    const done = await keyBook.rotate(reachOf(owner), old.id, change, { ...deed, target: old.id }, signal)
    const made = done || drawName === null ? null : await keyBook.find(reachOf(owner), key.id, signal)
    if (!done && (made === null || !isDrawnAgain(made, now))) return refuse({ reason: 'key-over' })
    await forgetKey(old.id)
    return accept({ key: made ?? asStored(key), apiKey })
  }

/** Ends a key for good: at once here, within a minute everywhere. Doing it again changes nothing. */
export const revokeKey =
  ({ keyBook, forgetKey, clock }: Omit<Needs, keyof Drawing>) =>
  async (
    { owner, key, deed, force }: Order & { readonly force: boolean },
    signal: AbortSignal,
  ): Promise<Result<null, KeyRefusal>> => {
    const change = { force, now: clock.now() }
    const done = await keyBook.revoke(reachOf(owner), key.id, change, { ...deed, target: key.id }, signal)
    if (done === null) return refuse({ reason: 'key-not-found' })
    if (done === 'last') return refuse({ reason: 'last-key' })
    await forgetKey(key.id)
    return accept(null)
  }
