// Results as a reader gets them. JSON is passed through as the scoreboard wrote it; anything else is made once a
// publication, and forgotten with it.
import type { Snapshot } from '../application/ports.ts'
import type { Pairwise, Results } from '../domain/tally/results.ts'
import type { Format } from './codec.ts'
import { type Fields, fieldsText, select } from './fields.ts'
import { encode } from './formats.ts'

export const encodeResults = (
  snapshot: Snapshot,
  format: Format,
  fields: Fields | null,
): string | Uint8Array<ArrayBuffer> => {
  if (format === 'json' && fields === null) return snapshot.document
  const name = `${format}:${fields === null ? '' : fieldsText(fields)}`
  const known = encodings.get(snapshot) ?? new Map<string, string | Uint8Array<ArrayBuffer>>()
  const body = known.get(name) ?? make(snapshot, format, fields)
  if (known.size < mostEncodings) encodings.set(snapshot, known.set(name, body))
  return body
}

/** There are more ways to choose fields than anybody needs at once. */
const mostEncodings = 16

/** As long-lived as the publication in the isolate's memory. */
const encodings = new WeakMap<Snapshot, Map<string, string | Uint8Array<ArrayBuffer>>>()

const make = (snapshot: Snapshot, format: Format, fields: Fields | null) => {
  const results: Results = JSON.parse(snapshot.document) // our own publication
  if (fields === null) return encode(format, results, 'results')
  return encode(format, Object(select(withPairwise(results, snapshot, fields), fields)), 'results')
}

/** Rankings get their pairwise matrix where it is asked for by name. */
const withPairwise = (results: Results, { pairwise }: Snapshot, fields: Fields): object => {
  if (!pairwise || !fields.get('questions')?.has('pairwise')) return results
  const matrices: Pairwise = JSON.parse(pairwise) // our own publication
  const questions = results.questions.map((outcome) =>
    outcome.type === 'ranking' ? { ...outcome, pairwise: matrices[outcome.id] } : outcome,
  )
  return { ...results, questions }
}
