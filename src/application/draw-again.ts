// What something new is drawn from: so that a request whose answer was lost, sent again, makes the same thing and not another.
import type { Bytes } from '../kernel/bytes.ts'
import type { Random } from '../kernel/random.ts'
import { randomFrom } from '../kernel/random-from.ts'
import { keptMs } from './first-answer-ports.ts'

export interface Drawing {
  readonly random: Random
  /** Without it nobody can tell what a request draws, not even who sent it. */
  readonly drawSecret: Uint8Array
}

/** Names a request with an Idempotency-Key: a hash of that and of the API key it came with, so that `drawSecret` alone tells
 *  nothing either. null: it has none, and chance decides. */
export type DrawName = Bytes | null

/** `what` says all that was asked for: other content draws something else. */
export const drawnFor = (
  { random, drawSecret }: Drawing,
  drawName: DrawName,
  ...what: readonly string[]
): Pick<Random, 'bytes'> => (drawName === null ? random : randomFrom(drawSecret, drawName, ...what))

/** Whether something is of the request that is answered, and not of one that used the same Idempotency-Key when it was free. */
export const isOfThisRequest = ({ createdAt }: { readonly createdAt: number }, now: number): boolean =>
  now - createdAt < keptMs
