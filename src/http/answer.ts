// Answers in the format that was negotiated, under the name the client has for it.
import type { Context } from 'hono'
import { encode } from '../representation/formats.ts'
import type { Shape } from '../representation/protobuf.ts'
import type { Http } from './http.ts'

/** `shape`: which message it is in Protocol Buffers, where the resource is offered in them. */
export const answer = (
  c: Context<Http>,
  document: object,
  status: 200 | 201 | 202,
  headers: Readonly<Record<string, string>>,
  shape: Shape | null = null,
): Response => {
  const { mediaType, format } = c.var.speech
  return c.body(encode(format, document, shape), status, {
    ...headers,
    'Content-Type': mediaType,
    Vary: 'Accept',
  })
}
