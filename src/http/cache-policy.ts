// How long anybody may keep what: one row a class of resource. Everything not in here is `no-store`.
import type { Context } from 'hono'
import type { Remembered, Snapshot } from '../application/ports.ts'
import type { ResultsRead } from '../application/read-results.ts'
import type { Http } from './http.ts'

/** `browser` is Cache-Control, `edge` CDN-Cache-Control. Never `s-maxage` beside stale-*: it disables them. */
export const cachePolicy = {
  poll: { browser: 'public, max-age=1', edge: 'max-age=5, stale-while-revalidate=5, stale-if-error=600' },
  results: { browser: 'public, max-age=1', edge: 'max-age=1, stale-while-revalidate=1, stale-if-error=60' },
  'final-results': {
    browser: 'public, max-age=60',
    edge: 'max-age=60, stale-while-revalidate=60, stale-if-error=86400',
  },
  hidden: { browser: 'private, no-store', edge: null },
} as const satisfies Record<string, { readonly browser: string; readonly edge: string | null }>

/** `open`: whether anybody may see them. */
export const resultsPolicy = (
  { final }: Pick<Snapshot, 'final'>,
  open: boolean,
): keyof typeof cachePolicy => {
  if (!open) return 'hidden'
  return final ? 'final-results' : 'results'
}

/** What is read with a key: nobody else may keep it, and who does asks each time. */
export const keyed = { 'Cache-Control': 'private, no-cache' } as const
/** What nobody may keep at all. */
export const unkept = { 'Cache-Control': 'private, no-store' } as const

type How = Pick<Remembered<unknown>, 'from' | 'ageMs' | 'stale'>

/** What answers of one address differ by. Authorization is named because what everybody may keep is answered to a key
 *  too, by caches in front of us that go by the letter (RFC 9111 § 3.5, § 4.1). */
export const varies = { Vary: 'Accept, Authorization, X-API-Key' } as const

/** The cache headers of a read of a poll. A key sees what others do not: its answers are kept nowhere but with it. */
export const cacheHeaders = (
  c: Context<Http>,
  pollId: string,
  policy: keyof typeof cachePolicy,
  { from, ageMs, stale }: How,
): Record<string, string> => {
  if (c.get('caller').kind !== 'anonymous') return keyed
  const { browser, edge } = cachePolicy[policy]
  if (edge === null) return { 'Cache-Control': browser }
  const ageSeconds = Math.floor(ageMs / 1_000)
  return {
    'Cache-Control': browser,
    'CDN-Cache-Control': edge,
    'Cache-Tag': pollId,
    'Cache-Status': from === 'origin' ? 'edgepoll; fwd=miss' : `edgepoll; hit; detail=${from}`,
    ...(ageSeconds > 0 && { Age: String(ageSeconds) }),
    ...(stale && { 'Edgepoll-Stale': 'true' }),
  }
}

/** What changes without a new version: when to ask again, seconds, and how many watch, where anybody may know it. Nobody
 *  watches what is final; what is remembered of it would say for ever who watched at the end. */
export const liveHeaders = ({ snapshot, open, stale }: ResultsRead): Record<string, string> => ({
  ...(!snapshot.final && { 'Edgepoll-Poll-After': stale ? '10' : '2' }),
  ...(open &&
    !snapshot.final &&
    snapshot.viewers !== undefined && { 'Edgepoll-Viewers': String(snapshot.viewers) }),
})
