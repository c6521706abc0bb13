// Query parameters, parsed. A parameter that a route does not know is refused: it would only make caches keep more.
import type { Context } from 'hono'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { type Fields, type KnownFields, parseFields } from '../representation/fields.ts'
import type { Http } from './http.ts'

export interface QueryRefusal {
  readonly reason: 'query-invalid'
  readonly detail: string
}

/** A whole number between two bounds, or null. */
export const wholeNumber = (text: string, least: number, most: number): number | null => {
  if (!/^\d{1,16}$/.test(text)) return null
  const value = Number(text)
  return value >= least && value <= most ? value : null
}

/** Refuses parameters that are not among these, and any that is given twice. */
export const onlyParameters = (
  c: Context<Http>,
  known: readonly string[] = [],
): Result<null, QueryRefusal> => {
  const start = c.req.url.indexOf('?')
  if (start < 0) return accept(null)
  const seen = new Set<string>()
  for (const name of new URLSearchParams(c.req.url.slice(start)).keys()) {
    if (!known.includes(name))
      return refuse({ reason: 'query-invalid', detail: `\`${name}\` is not known here.` })
    if (seen.has(name))
      return refuse({ reason: 'query-invalid', detail: `\`${name}\` must not be given twice.` })
    seen.add(name)
  }
  return accept(null)
}

/** The members that `?fields=` asks for; null: all of them. No parameter but this and `others` is taken. */
export const fieldsAsked = (
  c: Context<Http>,
  known: () => KnownFields,
  others: readonly string[] = [],
): Result<Fields | null, QueryRefusal> => {
  const parameters = onlyParameters(c, ['fields', ...others])
  if (!parameters.ok) return parameters
  const text = c.req.query('fields')
  return text === undefined ? accept(null) : parseFields(text, known())
}
