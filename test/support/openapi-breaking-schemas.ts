// What a newer schema breaks: of what clients send it may not take less, of what they are answered it may not give less.
import type { Document } from './openapi-operations.ts'

export interface Side {
  readonly direction: 'sent' | 'answered'
  /** Where references lead. */
  readonly document: Document
  readonly schema: Document
}

type Unminded = readonly 'enum'[]

export const brokenSchema = (
  where: string,
  old: Side,
  young: Side,
  unminded: Unminded = [],
  seen: ReadonlySet<string> = new Set(),
): readonly string[] => {
  const pair = `${old.schema?.$ref}|${young.schema?.$ref}`
  if (old.schema?.$ref !== undefined && seen.has(pair)) return []
  const [was, is] = [flat(old), flat(young)]
  const inner = (place: string, wasInner: Document, isInner: Document) =>
    brokenSchema(
      place,
      { ...old, schema: wasInner },
      { ...young, schema: isInner },
      unminded,
      new Set([...seen, pair]),
    )
  return [
    ...brokenTypes(where, old.direction, was, is),
    ...(unminded.includes('enum') ? [] : brokenEnum(where, was, is)),
    ...(old.direction === 'sent' ? brokenLimits(where, was, is) : []),
    ...(old.direction === 'sent' ? brokenInput(where, was, is) : brokenOutput(where, was, is)),
    ...Object.keys(was.properties)
      .filter((name) => is.properties[name] !== undefined)
      .flatMap((name) => inner(`${where}.${name}`, was.properties[name], is.properties[name])),
    ...(was.items && is.items ? inner(`${where}[]`, was.items, is.items) : []),
    ...(isSchema(was.others) && isSchema(is.others) ? inner(`${where}.*`, was.others, is.others) : []),
    ...brokenKinds(where, old.direction, was.kinds, is.kinds, inner),
  ]
}

interface Flat {
  /** null: any. */
  readonly types: readonly string[] | null
  readonly values: readonly unknown[] | null
  readonly properties: Readonly<Record<string, Document>>
  readonly required: readonly string[]
  /** `additionalProperties`: false, or true, or a schema. */
  readonly others: Document
  readonly items: Document
  readonly kinds: readonly Document[]
  readonly limits: Readonly<Record<string, unknown>>
}

const isSchema = (others: Document): boolean => typeof others === 'object' && others !== null

/** References followed, parts of one object put together, null out of its union. */
const flat = ({ document, schema, direction }: Side): Flat => {
  const { $ref, allOf = [], anyOf, oneOf, ...own } = schema ?? {}
  const parts = [...($ref === undefined ? [] : [found(document, $ref)]), ...allOf].map((part) =>
    flat({ document, schema: part, direction }),
  )
  const kinds: Document[] = anyOf ?? oneOf ?? []
  const nullable = kinds.some(({ type }) => type === 'null')
  const rest = kinds.filter(({ type }) => type !== 'null')
  const [only] = rest
  if (nullable && rest.length === 1 && only !== undefined) {
    const inside = flat({ document, schema: only, direction })
    return { ...inside, types: inside.types && [...inside.types, 'null'] }
  }
  const said = own.type === undefined ? null : [own.type].flat()
  return {
    types: said ?? parts.find(({ types }) => types !== null)?.types ?? null,
    values: own.enum ?? parts.find(({ values }) => values !== null)?.values ?? null,
    properties: Object.assign({}, ...parts.map(({ properties }) => properties), own.properties),
    required: [...parts.flatMap(({ required }) => required), ...(own.required ?? [])],
    others: own.additionalProperties ?? parts.find(({ others }) => others !== true)?.others ?? true,
    items: own.items ?? parts.find(({ items }) => items)?.items,
    kinds: rest.length > 0 ? rest : parts.flatMap((part) => part.kinds),
    limits: Object.assign({}, ...parts.map(({ limits }) => limits), own),
  }
}

const found = (document: Document, ref: string): Document =>
  ref
    .slice(2)
    .split('/')
    .reduce((inner: Document, name: string) => inner?.[name], document)

const brokenTypes = (where: string, direction: Side['direction'], was: Flat, is: Flat): readonly string[] => {
  const [narrow, wide] = direction === 'sent' ? [was.types, is.types] : [is.types, was.types]
  if (wide === null) return []
  const fits = narrow?.every((type) => wide.includes(type) || (type === 'integer' && wide.includes('number')))
  return fits === true ? [] : [`${where} is ${is.types ?? 'anything'} and was ${was.types ?? 'anything'}`]
}

const brokenEnum = (where: string, was: Flat, is: Flat): readonly string[] => {
  if (is.values === null) return []
  const gone = was.values?.filter((value) => !is.values?.includes(value))
  if (gone === undefined) return [`${where} takes only ${is.values.join(', ')} now`]
  return gone.length === 0 ? [] : [`${where} has no ${gone.join(', ')} any more`]
}

const upper = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']
const lower = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']

const brokenLimits = (where: string, was: Flat, is: Flat): readonly string[] => {
  const tighter = (name: string, than: (now: number, before: number) => boolean) => {
    const [before, now] = [was.limits[name], is.limits[name]]
    return now !== undefined && (before === undefined || than(Number(now), Number(before)))
  }
  return [
    ...upper.filter((name) => tighter(name, (now, before) => now < before)),
    ...lower.filter((name) => tighter(name, (now, before) => now > before)),
    ...['pattern', 'format'].filter(
      (name) => is.limits[name] !== undefined && is.limits[name] !== was.limits[name],
    ),
  ].map((name) => `${where} has a tighter ${name}`)
}

const brokenInput = (where: string, was: Flat, is: Flat): readonly string[] => [
  ...is.required
    .filter((name) => !was.required.includes(name))
    .map((name) => `${where} requires ${name} now`),
  ...(is.others === false
    ? [
        ...Object.keys(was.properties)
          .filter((name) => is.properties[name] === undefined)
          .map((name) => `${where} refuses ${name} now`),
        ...(was.others === false ? [] : [`${where} refuses members it does not know now`]),
      ]
    : []),
]

const brokenOutput = (where: string, was: Flat, is: Flat): readonly string[] =>
  Object.keys(was.properties).flatMap((name) => {
    if (is.properties[name] === undefined) return [`${where} has no ${name} any more`]
    const kept = !was.required.includes(name) || is.required.includes(name)
    return kept ? [] : [`${where} may lack ${name} now`]
  })

/** Kinds are told apart by the component they are, or by what they are. */
const brokenKinds = (
  where: string,
  direction: Side['direction'],
  was: readonly Document[],
  is: readonly Document[],
  inner: (place: string, was: Document, is: Document) => readonly string[],
): readonly string[] =>
  was.flatMap((old) => {
    const young = is.find((each) => nameOf(each) === nameOf(old))
    if (young !== undefined) return inner(`${where} as ${nameOf(old)}`, old, young)
    return direction === 'sent' && is.length > 0 ? [`${where} takes no ${nameOf(old)} any more`] : []
  })

const nameOf = (kind: Document): string => kind.$ref?.split('/').at(-1) ?? String(kind.type)
