// A poll for its owner, in the order of refusals that the contract fixes: no key, no such poll, not with this key.

import type { Context } from 'hono'
import { type Owner, requireKey, requireScope } from '../application/identify-caller.ts'
import type { OwnPollOrder } from '../application/own-poll.ts'
import type { Scope } from '../application/ports.ts'
import type { Refusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { signalOf } from './deadline.ts'
import type { Http } from './http.ts'

/** What names the poll of this route, once its key is of the poll's workspace and may do `scope`. */
export const ownedPoll = async (
  c: Context<Http>,
  pollId: string,
  scope: Scope,
): Promise<Result<OwnPollOrder & { readonly owner: Owner }, Refusal>> => {
  const key = requireKey(c.get('caller'))
  if (!key.ok) return key
  const { workspaceId } = key.value
  const found = await c.get('services').readPollFor({ pollId, workspaceId }, signalOf(c))
  if (!found.ok) return found
  if (!found.value.owned) return refuse({ reason: 'poll-not-found' })
  const allowed = requireScope(key.value, scope)
  return allowed.ok ? accept({ pollId, workspaceId, owner: key.value }) : allowed
}
