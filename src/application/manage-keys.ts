// What the verbs on keys share: which keys a caller reaches, and what it may give.
import type { KeyRefusal } from '../domain/refusal.ts'
import { toBase32, toHex } from '../kernel/bytes.ts'
import type { Random } from '../kernel/random.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { formatApiKey, isOver, secretHashOf } from './api-key.ts'
import { isOfThisRequest } from './draw-again.ts'
import type { Owner } from './identify-caller.ts'
import type { KeyReach, NewKey, StoredKey } from './key-ports.ts'
import type { KeyMode, Scope } from './ports.ts'

/** A test key sees test keys alone. */
export const reachOf = ({ accountId, mode }: Pick<Owner, 'accountId' | 'mode'>): KeyReach => ({
  accountId,
  mode: mode === 'test' ? 'test' : null,
})

/** Whoever is shown a secret has what it opens: so no more than the caller has. */
export const mayGive = (
  owner: Pick<Owner, 'mode' | 'scopes'>,
  wanted: { readonly mode: KeyMode; readonly scopes: readonly Scope[] },
): Result<null, KeyRefusal> => {
  if (owner.mode === 'test' && wanted.mode !== 'test')
    return refuse({ reason: 'key-exceeds', detail: 'A test key gives test keys only.' })
  const beyond = wanted.scopes.filter((scope) => !owner.scopes.includes(scope))
  return beyond.length === 0
    ? accept(null)
    : refuse({ reason: 'key-exceeds', detail: `The key that asks lacks ${beyond.join(', ')}.` })
}

/** A new key, and how it is written: shown once. */
export const drawKey = (
  random: Pick<Random, 'bytes'>,
  about: Omit<NewKey, 'id' | 'secretHash'>,
): { readonly key: NewKey; readonly apiKey: string } => {
  const id = `key_${toBase32(random.bytes(10))}`
  const secret = toBase32(random.bytes(24))
  const key = { ...about, id, secretHash: toHex(secretHashOf(secret)) }
  return { key, apiKey: formatApiKey(about.mode, id, secret) }
}

/** Whether a key that is there already is the one that this request made before, and still opens something. */
export const isDrawnAgain = (key: StoredKey, now: number): boolean =>
  isOfThisRequest(key, now) && !isOver(key, now)
