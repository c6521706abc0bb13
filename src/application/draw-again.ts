// What something new is drawn from: so that a request whose answer was lost, sent again, makes the same thing and not another.
import type { Random } from '../kernel/random.ts'
import { randomFrom } from '../kernel/random-from.ts'
import { keptMs } from './first-answer-ports.ts'
import type { Owner } from './identify-caller.ts'

export interface Drawing {
  readonly random: Random
  /** Makes what follows from an Idempotency-Key unguessable. */
  readonly idSecret: Uint8Array
}

/** What one key asks for under one Idempotency-Key; null: it gave none, and chance decides. */
export const drawnFor = (
  { random, idSecret }: Drawing,
  { keyId }: Pick<Owner, 'keyId'>,
  idempotencyKey: string | null,
  ...what: readonly string[]
): Pick<Random, 'bytes'> =>
  idempotencyKey === null ? random : randomFrom(idSecret, keyId, idempotencyKey, ...what)

/** Whether something is of the request that is answered, and not of one that used the same Idempotency-Key when it was free. */
export const isOfThisRequest = ({ createdAt }: { readonly createdAt: number }, now: number): boolean =>
  now - createdAt < keptMs
