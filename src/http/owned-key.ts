// A key for its owner, in the order of refusals that the contract fixes: no key, no such key, not with this key.
import type { Context } from 'hono'
import { type Owner, requireKey, requireScope } from '../application/identify-caller.ts'
import type { StoredKey } from '../application/key-ports.ts'
import type { Refusal } from '../domain/refusal.ts'
import { accept, type Result } from '../kernel/result.ts'
import { signalOf } from './deadline.ts'
import type { Http } from './http.ts'

export const ownedKey = async (
  c: Context<Http>,
  keyId: string,
): Promise<Result<{ readonly owner: Owner; readonly key: StoredKey }, Refusal>> => {
  const owner = requireKey(c.get('caller'))
  if (!owner.ok) return owner
  const key = await c.get('services').readKey({ owner: owner.value, keyId }, signalOf(c))
  if (!key.ok) return key
  const allowed = requireScope(owner.value, 'keys:write')
  return allowed.ok ? accept({ owner: owner.value, key: key.value }) : allowed
}
