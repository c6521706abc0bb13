// Answers in the format that was negotiated, under the name the client has for it.
import type { Context } from 'hono'
import { type Fields, fieldsText } from '../representation/fields.ts'
import { encode } from '../representation/formats.ts'
import type { Shape } from '../representation/messages.ts'
import { varies } from './cache-policy.ts'
import type { Http } from './http.ts'
import { respond } from './respond.ts'

type Status = 200 | 201 | 202
type Headers = Readonly<Record<string, string>>

/** `shape`: which message it is in Protocol Buffers, where the resource is offered in them. */
export const answer = (
  c: Context<Http>,
  document: object,
  status: Status,
  headers: Headers,
  shape: Shape | null = null,
): Response => answerEncoded(c, encode(c.get('speech').format, document, shape), status, headers)

/** For what has been encoded already. */
export const answerEncoded = (
  c: Context<Http>,
  body: string | Uint8Array<ArrayBuffer>,
  status: Status,
  headers: Headers,
): Response => respond(c, body, status, { ...headers, 'Content-Type': c.get('speech').mediaType, ...varies })

/** The representation part of an entity tag: the format, and the fields where not all were asked for. */
export const representationOf = (c: Context<Http>, fields: Fields | null = null): string =>
  fields === null ? c.get('speech').format : `${c.get('speech').format}:${fieldsText(fields)}`
