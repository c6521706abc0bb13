import type { KeyRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { Owner } from './identify-caller.ts'
import type { KeyBook, KeyPlace, StoredKey } from './key-ports.ts'
import { reachOf } from './manage-keys.ts'

/** A key that the caller reaches. Another workspace's is the same as none. */
export const readKey =
  ({ keyBook }: { readonly keyBook: Pick<KeyBook, 'find'> }) =>
  async (
    { owner, keyId }: { readonly owner: Owner; readonly keyId: string },
    signal: AbortSignal,
  ): Promise<Result<StoredKey, KeyRefusal>> => {
    // What is no id of ours Postgres may not even take, as U+0000.
    if (!/^key_[0-9a-z]{1,40}$/.test(keyId)) return refuse({ reason: 'key-not-found' })
    const key = await keyBook.find(reachOf(owner), keyId, signal)
    return key === null ? refuse({ reason: 'key-not-found' }) : accept(key)
  }

/** A page of the keys that the caller reaches, newest first, those that are over included. One statement. */
export const listKeys =
  ({ keyBook }: { readonly keyBook: Pick<KeyBook, 'list'> }) =>
  async (
    {
      owner,
      limit,
      after,
    }: { readonly owner: Owner; readonly limit: number; readonly after: KeyPlace | null },
    signal: AbortSignal,
  ): Promise<{ readonly keys: readonly StoredKey[]; readonly next: KeyPlace | null }> => {
    const found = await keyBook.list({ ...reachOf(owner), limit: limit + 1, after }, signal)
    const keys = found.slice(0, limit)
    const last = keys.at(-1)
    const more = found.length > limit && last !== undefined
    return { keys, next: more ? { createdAt: last.createdAt, id: last.id } : null }
  }
