// JSON, strictly. The platform's own parser does the work; a glance over the text before and a walk over the value
// after find what it lets pass: members named twice, integers it rounds, strings that nothing can store.
import { accept, type Result } from '../kernel/result.ts'
import { type Codec, deepest, type Malformed, malformed, unacceptable } from './codec.ts'
import { duplicatesIn } from './json-duplicates.ts'
import { examine } from './json-model.ts'
import { survey } from './json-text.ts'

export const json: Codec = {
  format: 'json',
  mediaTypes: ['application/json'],
  decode: (bytes) => {
    const text = utf8(bytes)
    return text === null ? malformed('The body is not UTF-8.') : decodeJson(text)
  },
}

/** Equivalent to a parser that sees every member. A text has as many colons outside strings as it names members, and a
 *  parsed value has as many members as there are different names: they differ exactly where one is named twice. UTF-8
 *  holds no lone surrogate and JSON no raw control character, so only an escape can bring a forbidden one in. */
export const decodeJson = (text: string): Result<unknown, Malformed> => {
  const { nesting, members } = survey(text)
  if (nesting > deepest) return malformed(`The body is nested deeper than ${deepest} levels.`)
  const parsed = parse(text)
  if (parsed === undefined) return malformed('The body is not JSON.')
  const examined = examine(parsed, text.includes('\\u'))
  const faults = examined.members === members ? examined.faults : [...duplicatesIn(text), ...examined.faults]
  return faults.length === 0 ? accept(parsed) : unacceptable(faults)
}

export const encodeJson = (document: unknown): string => JSON.stringify(document)

const utf8 = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return null
  }
}

/** undefined is no JSON value. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
