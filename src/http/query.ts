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
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (!known.includes(name))
      return refuse({ reason: 'query-invalid', detail: `\`${name}\` is not known here.` })
    if (values.length > 1)
      return refuse({ reason: 'query-invalid', detail: `\`${name}\` must not be given twice.` })
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
