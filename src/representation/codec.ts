// What a format is to everybody else: media types, and a way in for bodies. Every format carries the JSON model.
import type { Fault } from '../domain/refusal.ts'
import { mostFaults } from '../kernel/pointer.ts'
import { type Result, refuse } from '../kernel/result.ts'

export type Format = 'json' | 'msgpack' | 'protobuf'

export interface Codec {
  readonly format: Format
  /** In lower case; the first is its name, the others are understood as well. */
  readonly mediaTypes: readonly string[]
  /** A JSON value, whatever the format: strings are well-formed Unicode without U+0000, numbers finite and, where whole,
   *  within ±(2⁵³−1), nothing is named twice, and nothing is nested deeper than `deepest`. Never throws. */
  decode(bytes: Uint8Array): Result<unknown, Malformed>
  /** To be awaited before `decode`, where there is one. */
  prepare?(): Promise<void>
}

export interface Malformed {
  readonly reason: 'body-malformed'
  readonly detail: string
  /** Where, if it is at a place. */
  readonly errors?: readonly Fault[]
}

/** How many lists and objects may stand inside each other. */
export const deepest = 32

export const malformed = (detail: string, errors: readonly Fault[] = []) =>
  refuse<Malformed>({ reason: 'body-malformed', detail, ...(errors.length > 0 && { errors }) })

/** A body that is well-formed in its format, but says what none may say. */
export const unacceptable = (errors: readonly Fault[]) =>
  malformed('The body says what no body may say: see `errors`.', errors.slice(0, mostFaults))

/** Named by several formats alike. */
export const flaws = {
  duplicate: 'Must not be named twice.',
  nul: 'Must not contain U+0000.',
  surrogate: 'Must be well-formed Unicode: it has half of a surrogate pair.',
  number: 'Must be a finite number, and a whole one within ±(2^53 − 1).',
} as const
