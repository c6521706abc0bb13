// A voter who has voted already, perhaps elsewhere, gets the receipt of the ballot that stands.

import type { Context } from 'hono'
import type { VoterShown } from '../../application/verify-voter.ts'
import { signalOf } from '../deadline.ts'
import type { Http } from '../http.ts'
import { keepReceipt, noteVoted } from './voter-cookies.ts'

/** null: the ballot that used up the quota is not this voter's own (a whole school may share an address). */
export const recoverReceipt = async (
  c: Context<Http>,
  pollId: string,
  shown: VoterShown,
): Promise<string | null> => {
  const own = await c.get('services').readOwnBallot({ pollId, ...shown }, signalOf(c))
  if (own.ok) keepReceipt(c, pollId, own.value.receipt)
  else noteVoted(c, pollId)
  return own.ok ? own.value.receipt : null
}
