import type { AccessRefusal } from '../domain/refusal.ts'
import { fromHex } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import { hash, sameSecret } from '../kernel/hash.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { isOver, parseApiKey, secretHashOf } from './api-key.ts'
import type { KeyMode, KeyRing, Plan, Scope } from './ports.ts'
import { tenantOf } from './tenant.ts'

export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'operator' }
  | {
      readonly kind: 'owner'
      readonly keyId: string
      /** The workspace itself: its keys, its plan. */
      readonly accountId: string
      /** Whose data the key works on: see tenant.ts. */
      readonly workspaceId: string
      readonly plan: Plan
      readonly mode: KeyMode
      readonly scopes: readonly Scope[]
    }

/** Who presents no key. */
export const nobody = { kind: 'anonymous' } as const satisfies Caller

interface Needs {
  readonly keyRing: KeyRing
  readonly clock: Clock
  /** Hears of every key that was let in; returns at once. */
  readonly noteUse?: (keyId: string) => void
  /** The operator's key. */
  readonly rootKey: string
}

/** Who stands behind a presented key; null: no key was presented. Secrets are compared in constant time. */
export const identifyCaller =
  ({ keyRing, clock, noteUse, rootKey }: Needs) =>
  async (presented: string | null, signal: AbortSignal): Promise<Result<Caller, AccessRefusal>> => {
    if (presented === null) return accept(nobody)
    if (sameSecret(hash(presented), hash(rootKey))) return accept({ kind: 'operator' })
    const parsed = parseApiKey(presented)
    if (parsed === null) return refuse({ reason: 'key-invalid' })
    const key = await keyRing.find(parsed.keyId, signal)
    const known = sameSecret(secretHashOf(parsed.secret), fromHex(key?.secretHash ?? ''))
    if (key === null || !known || key.mode !== parsed.mode) return refuse({ reason: 'key-invalid' })
    const now = clock.now()
    if (isOver(key, now)) return refuse({ reason: 'key-invalid' })
    noteUse?.(key.id)
    const { id: keyId, workspaceId: accountId, plan, mode, scopes } = key
    const workspaceId = tenantOf(accountId, mode)
    return accept({ kind: 'owner', keyId, accountId, workspaceId, plan, mode, scopes })
  }

export type Owner = Extract<Caller, { kind: 'owner' }>

/** What an owner's route asks first: a key of a workspace. */
export const requireKey = (caller: Caller): Result<Owner, AccessRefusal> =>
  caller.kind === 'owner'
    ? accept(caller)
    : refuse({ reason: caller.kind === 'anonymous' ? 'key-required' : 'key-invalid' })

/** And after it is known that the thing asked for is there: that the key may do this with it. */
export const requireScope = (owner: Owner, scope: Scope): Result<Owner, AccessRefusal> =>
  owner.scopes.includes(scope) ? accept(owner) : refuse({ reason: 'scope-missing', scope })

/** Both, where there is nothing to be found between them. */
export const requireOwner = (caller: Caller, scope: Scope): Result<Owner, AccessRefusal> => {
  const key = requireKey(caller)
  return key.ok ? requireScope(key.value, scope) : key
}

/** What operator routes ask: the root key. */
export const requireOperator = (caller: Caller): Result<null, AccessRefusal> => {
  if (caller.kind === 'operator') return accept(null)
  return refuse({ reason: caller.kind === 'anonymous' ? 'key-required' : 'key-invalid' })
}
