// What a request shows of its voter: headers, the address the platform reports, and what stands beside the answers.
import type { Context } from 'hono'
import type { VoterShown } from '../application/verify-voter.ts'
import { accept, type Result } from '../kernel/result.ts'
import type { Http } from './http.ts'
import type { AnyRefusal } from './problems.ts'
import { idempotencyKey, voterId } from './request-headers.ts'

interface Beside {
  readonly inviteCode?: string | undefined
  readonly voterToken?: string | undefined
  readonly challengeToken?: string | undefined
}

/** The voter of an API request. */
export const voterShown = (c: Context<Http>, beside: Beside): Result<VoterShown, AnyRefusal> => {
  const voter = voterId(c.req.raw.headers)
  if (!voter.ok) return voter
  const key = idempotencyKey(c.req.raw.headers)
  if (!key.ok) return key
  return accept(shownAs(c, { voterId: voter.value, idempotencyKey: key.value }, beside))
}

/** The voter of a page, whom a cookie names. */
export const shownAs = (
  c: Context<Http>,
  names: Pick<VoterShown, 'voterId' | 'idempotencyKey'>,
  beside: Beside = {},
): VoterShown => ({
  ...names,
  address: c.get('services').addressOf(c.req.raw.headers),
  inviteCode: beside.inviteCode ?? null,
  voterToken: beside.voterToken ?? null,
  challengeToken: beside.challengeToken ?? null,
})
