// Partial answers: `?fields=title,questions(id,prompt)`. What identifies a thing always comes along.
import { accept, type Result, refuse } from '../kernel/result.ts'

/** The members that a kind of document may have; null: nothing inside to choose from. */
export type KnownFields = ReadonlyMap<string, KnownFields | null>

/** The members chosen, without those that always come; null: the whole of it. */
export type Fields = ReadonlyMap<string, Fields | null>

export interface FieldsRefusal {
  readonly reason: 'query-invalid'
  readonly detail: string
}

/** Members may be named in any order and more than once: equal choices are equal texts afterwards (`fieldsText`). */
export const parseFields = (text: string, known: KnownFields): Result<Fields, FieldsRefusal> => {
  const parts = text.match(/[A-Za-z]+|[(),]|[^A-Za-z(),]+/g) ?? []
  const read = readList(parts, 0, known)
  if (typeof read === 'string') return refused(read)
  return read.at === parts.length
    ? accept(read.fields)
    : refused(`has \`${parts[read.at]}\` where it should end`)
}

/** The document with the chosen members only, in its own order. */
export const select = (document: unknown, fields: Fields): unknown => {
  if (Array.isArray(document)) return document.map((each) => select(each, fields))
  if (typeof document !== 'object' || document === null) return document
  const chosen = Object.entries(document).flatMap(([name, value]) => {
    if (alwaysThere.has(name)) return [[name, value] as const]
    const inner = fields.get(name)
    if (inner === undefined) return []
    return [[name, inner === null ? value : select(value, inner)] as const]
  })
  return Object.fromEntries(chosen)
}

/** The one way to write a choice down, fit for an entity tag. */
export const fieldsText = (fields: Fields): string =>
  [...fields]
    .map(([name, inner]) => (inner === null ? name : `${name}(${fieldsText(inner)})`))
    .sort()
    .join('+')

const alwaysThere: ReadonlySet<string> = new Set(['id', 'pollId'])

interface Read {
  readonly fields: Fields
  readonly at: number
}

/** The list that begins at `at`, up to what is no part of it; or what is wrong with it, as the end of a sentence. */
const readList = (parts: readonly string[], at: number, known: KnownFields): Read | string => {
  const fields = new Map<string, Fields | null>()
  let next = at
  do {
    const name = parts[next]
    if (name === undefined || !/^[A-Za-z]/.test(name))
      return `lacks a name${name === undefined ? '' : ` before \`${name}\``}`
    const inside = known.get(name)
    if (inside === undefined) return `names \`${name}\`, which is not known there`
    next++
    let chosen: Fields | null = null
    if (parts[next] === '(') {
      if (inside === null) return `chooses within \`${name}\`, which has nothing to choose from`
      const inner = readList(parts, next + 1, inside)
      if (typeof inner === 'string') return inner
      if (parts[inner.at] !== ')') return `does not close the parenthesis after \`${name}\``
      chosen = inner.fields
      next = inner.at + 1
    }
    if (!alwaysThere.has(name)) fields.set(name, both(fields.get(name), chosen))
  } while (parts[next++] === ',')
  return { fields, at: next - 1 }
}

/** Two choices within one member; the whole of it includes any part. */
const both = (one: Fields | null | undefined, other: Fields | null): Fields | null => {
  if (one === undefined) return other
  if (one === null || other === null) return null
  const fields = new Map(one)
  for (const [name, inner] of other) fields.set(name, both(fields.get(name), inner))
  return fields
}

const refused = (wrong: string) =>
  refuse<FieldsRefusal>({ reason: 'query-invalid', detail: `\`fields\` ${wrong}.` })
