// How long anybody may keep what: one row a class of resource. Everything not in here is `no-store`.
import type { Context } from 'hono'
import type { Remembered } from '../application/ports.ts'
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

type How = Pick<Remembered<unknown>, 'from' | 'ageMs' | 'stale'>

/** The cache headers of a read. A key sees what others do not: its answers are kept nowhere but with it. */
export const cacheHeaders = (
  c: Context<Http>,
  policy: keyof typeof cachePolicy,
  { from, ageMs, stale }: How,
): Record<string, string> => {
  if (c.var.caller.kind !== 'anonymous') return { 'Cache-Control': 'private, no-cache' }
  const { browser, edge } = cachePolicy[policy]
  if (edge === null) return { 'Cache-Control': browser }
  const ageSeconds = Math.floor(ageMs / 1_000)
  return {
    'Cache-Control': browser,
    'CDN-Cache-Control': edge,
    'Cache-Status': from === 'origin' ? 'edgepoll; fwd=miss' : `edgepoll; hit; detail=${from}`,
    ...(ageSeconds > 0 && { Age: String(ageSeconds) }),
    ...(stale && { 'Edgepoll-Stale': 'true' }),
  }
}
