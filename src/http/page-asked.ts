// What a list is asked for by `limit` and `cursor`, and the link to its next page.
import type { Context } from 'hono'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { cursorTo, placeIn } from '../representation/cursor.ts'
import { keyed } from './cache-policy.ts'
import type { Http } from './http.ts'
import { onlyParameters, type QueryRefusal, wholeNumber } from './query.ts'

/** What places of this list look like, and how many a page has at most and where nobody says. */
export interface ListTerms {
  readonly name: string
  readonly place: RegExp
  readonly most: number
  readonly usual: number
}

export const pageAsked = (
  c: Context<Http>,
  { name, place, most, usual }: ListTerms,
  others: readonly string[] = [],
): Result<{ readonly limit: number; readonly after: string | null }, QueryRefusal> => {
  const parameters = onlyParameters(c, ['limit', 'cursor', ...others])
  if (!parameters.ok) return parameters
  const { limit: limitText = String(usual), cursor } = c.req.query()
  const limit = wholeNumber(limitText, 1, most)
  if (limit === null)
    return refuse({ reason: 'query-invalid', detail: `\`limit\` must be a whole number from 1 to ${most}.` })
  const after = cursor === undefined ? null : placeIn(name, place, cursor)
  return cursor !== undefined && after === null
    ? refuse({ reason: 'query-invalid', detail: '`cursor` is none that this list gave out.' })
    : accept({ limit, after })
}

/** The next page's cursor, and the headers of this one. */
export const pageEnd = (c: Context<Http>, { name }: ListTerms, next: string | null) => {
  const nextCursor = next === null ? null : cursorTo(name, next)
  const headers: Record<string, string> = { ...keyed }
  if (nextCursor !== null) {
    const url = new URL(c.req.url)
    url.searchParams.set('cursor', nextCursor)
    headers['Link'] = `<${url}>; rel="next"`
  }
  return { nextCursor, headers }
}
