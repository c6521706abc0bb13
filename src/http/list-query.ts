// What asks for a page of a list: `limit` and `cursor`, checked, and the headers of the answer.
import type { Context } from 'hono'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { cursorOf, placeOf } from '../representation/cursor.ts'
import { keyed } from './cache-policy.ts'
import type { Http } from './http.ts'
import { onlyParameters, type QueryRefusal, wholeNumber } from './query.ts'

/** Where a page ended. */
interface Place {
  readonly createdAt: number
  readonly id: string
}

/** `prefix` is that of the ids in the list; `others` are parameters that the route reads by itself. */
export const pageAsked = (
  c: Context<Http>,
  prefix: string,
  others: readonly string[] = [],
): Result<{ readonly limit: number; readonly after: Place | null }, QueryRefusal> => {
  const parameters = onlyParameters(c, ['limit', 'cursor', ...others])
  if (!parameters.ok) return parameters
  const { limit: text = '20', cursor } = c.req.query()
  const limit = wholeNumber(text, 1, 100)
  if (limit === null)
    return refuse({ reason: 'query-invalid', detail: '`limit` must be a whole number from 1 to 100.' })
  const after = cursor === undefined ? null : placeOf(cursor, prefix)
  return cursor !== undefined && after === null
    ? refuse({ reason: 'query-invalid', detail: '`cursor` is none that this list gave out.' })
    : accept({ limit, after })
}

/** `nextCursor` of the answer, and its headers. */
export const pageEnd = (c: Context<Http>, next: Place | null) => {
  const nextCursor = next === null ? null : cursorOf(next)
  const url = new URL(c.req.url)
  url.searchParams.set('cursor', nextCursor ?? '')
  return {
    nextCursor,
    headers: {
      ...keyed,
      ...(nextCursor !== null && { Link: `<${url}>; rel="next"` }),
    },
  }
}
