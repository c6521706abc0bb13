// What a browser carries for its voter: who it is, and the receipt of each poll it voted in.
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Random } from '../../kernel/random.ts'

const yearSeconds = 31_536_000

/** null: none yet, or not one of ours. */
export const voterOf = (c: Context): string | null => {
  const voter = getCookie(c, 'voter')
  return voter !== undefined && /^[\w-]{32,64}$/.test(voter) ? voter : null
}

/** Makes a voter of this browser, for every poll: each poll hashes it under a secret of its own. */
export const nameVoter = (c: Context, random: Random): string => {
  const name = Buffer.from(random.bytes(24)).toString('base64url')
  const voter = isFramed(c) ? framed + name : name
  setCookie(c, 'voter', voter, { ...terms(c, voter), path: '/p/' })
  return voter
}

/** Whether this browser has voted in the poll, and its receipt where it was given one. */
export const receiptOf = (c: Context): { readonly voted: boolean; readonly receipt: string | null } => {
  const kept = getCookie(c, 'receipt')
  return { voted: kept !== undefined, receipt: kept === undefined || kept === elsewhere ? null : kept }
}

export const keepReceipt = (c: Context, pollId: string, receipt: string): void =>
  setCookie(c, 'receipt', receipt, { ...terms(c, voterOf(c)), path: `/p/${pollId}` })

/** The voter turns out to have voted, but the receipt went elsewhere. One that is there is not thrown away. */
export const noteVoted = (c: Context, pollId: string): void => {
  if (!receiptOf(c).voted) keepReceipt(c, pollId, elsewhere)
}

const elsewhere = 'elsewhere'

/** How the name of a voter begins who votes in another site's frame. */
const framed = 'framed-'

const isFramed = (c: Context): boolean =>
  isSecure(c) &&
  c.req.header('Sec-Fetch-Dest') === 'iframe' &&
  c.req.header('Sec-Fetch-Site') === 'cross-site'

/** Inside another site's frame a browser only keeps cookies that are partitioned to that site. */
const terms = (c: Context, voter: string | null) => ({
  httpOnly: true,
  secure: isSecure(c),
  maxAge: yearSeconds,
  ...(voter?.startsWith(framed)
    ? { sameSite: 'None' as const, partitioned: true }
    : { sameSite: 'Lax' as const }),
})

const isSecure = (c: Context): boolean => new URL(c.req.url).protocol === 'https:'
