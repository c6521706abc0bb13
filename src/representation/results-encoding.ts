// Results as a reader gets them. JSON is passed through as the scoreboard wrote it; anything else is made once a
// publication, and forgotten with it.
import type { Snapshot } from '../application/ports.ts'
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

const make = ({ document }: Snapshot, format: Format, fields: Fields | null) => {
  const results: object = JSON.parse(document) // our own publication
  return encode(format, fields === null ? results : Object(select(results, fields)), 'results')
}
