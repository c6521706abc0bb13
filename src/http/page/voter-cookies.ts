// What a browser carries for its voter: who it is, and the receipt of each poll it voted in.
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Random } from '../../kernel/random.ts'

const YEAR_SECONDS = 31_536_000

/** null: none yet, or not one of ours. */
export const voterOf = (c: Context): string | null => {
  const voter = getCookie(c, 'voter')
  return voter !== undefined && /^[\w-]{32,64}$/.test(voter) ? voter : null
}

/** Makes a voter of this browser, for every poll: each poll hashes it under a secret of its own. */
export const nameVoter = (c: Context, random: Random): string => {
  const voter = Buffer.from(random.bytes(24)).toString('base64url')
  setCookie(c, 'voter', voter, { ...terms(c), path: '/p/' })
  return voter
}

/** Whether this browser has voted in the poll, and its receipt where it was given one. */
export const receiptOf = (c: Context): { readonly voted: boolean; readonly receipt: string | null } => {
  const receipt = getCookie(c, 'receipt')
  return { voted: receipt !== undefined, receipt: receipt?.includes('.') ? receipt : null }
}

/** @param receipt null: the voter has voted, but the receipt went elsewhere. */
export const keepReceipt = (c: Context, pollId: string, receipt: string | null): void =>
  setCookie(c, 'receipt', receipt ?? 'elsewhere', { ...terms(c), path: `/p/${pollId}` })

/** Inside another site's frame a browser only keeps cookies that are partitioned to that site. */
const terms = (c: Context) => {
  const secure = new URL(c.req.url).protocol === 'https:'
  const embedded =
    secure && c.req.header('Sec-Fetch-Dest') === 'iframe' && c.req.header('Sec-Fetch-Site') === 'cross-site'
  return {
    httpOnly: true,
    secure,
    maxAge: YEAR_SECONDS,
    ...(embedded ? { sameSite: 'None' as const, partitioned: true } : { sameSite: 'Lax' as const }),
  }
}
