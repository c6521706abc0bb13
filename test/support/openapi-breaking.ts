// What a newer document breaks for clients that were made from an older one.
import { brokenSchema, type Side } from './openapi-breaking-schemas.ts'
import type { Document } from './openapi-operations.ts'

/** Every breaking change as a sentence; additions are none. */
export const breakingChanges = (before: Document, after: Document): readonly string[] =>
  Object.entries<Document>(before.paths).flatMap(([path, item]) => {
    if (after.paths[path] === undefined) return [`${path} is gone`]
    return Object.entries<Document>(item).flatMap(([method, operation]) => {
      const where = `${method.toUpperCase()} ${path}`
      const now = after.paths[path][method]
      return now === undefined
        ? [`${where} is gone`]
        : brokenOperation(where, sides(before, after), operation, now)
    })
  })

interface Sides {
  readonly before: Document
  readonly after: Document
}

const sides = (before: Document, after: Document): Sides => ({ before, after })

const brokenOperation = (where: string, documents: Sides, was: Document, is: Document): readonly string[] => [
  ...brokenSecurity(where, was.security, is.security),
  ...brokenParameters(where, documents, was.parameters, is.parameters),
  ...brokenBody(where, documents, was.requestBody, is.requestBody),
  ...Object.entries(was.responses).flatMap(([status, response]) => {
    const now = is.responses[status]
    if (now === undefined) return [`${where} no longer answers ${status}`]
    const [old, young] = [followed(documents.before, response), followed(documents.after, now)]
    return brokenResponse(`${where} → ${status}`, documents, old, young)
  }),
]

/** Whoever could call with what they have must still be able to. */
const brokenSecurity = (where: string, was: Document[] = [], is: Document[] = []): readonly string[] => {
  if (is.length === 0) return []
  const wanted = was.length === 0 ? [{}] : was
  const satisfied = (old: Document) =>
    is.some((young) =>
      Object.entries<string[]>(young).every(
        ([scheme, scopes]) => scopes.every((scope) => old[scheme]?.includes(scope)) && scheme in old,
      ),
    )
  return wanted.every(satisfied) ? [] : [`${where} asks for another key or scope`]
}

const brokenParameters = (
  where: string,
  { before, after }: Sides,
  was: Document[] = [],
  is: Document[] = [],
): readonly string[] => {
  const [olds, youngs] = [was.map((each) => followed(before, each)), is.map((each) => followed(after, each))]
  const named = (all: Document[], { name, in: place }: Document) =>
    all.find((each) => each.name === name && each.in === place)
  const fresh = youngs.filter((young) => young.required && !named(olds, young))
  return [
    ...fresh.map(({ name }) => `${where} requires a new parameter ${name}`),
    ...olds.flatMap((old) => {
      const young = named(youngs, old)
      const here = `${where} parameter ${old.name}`
      if (young === undefined) return [`${here} is gone`]
      return [
        ...(young.required && !old.required ? [`${here} is required now`] : []),
        ...brokenSchema(here, side('sent', before, old.schema), side('sent', after, young.schema)),
      ]
    }),
  ]
}

const brokenBody = (where: string, documents: Sides, was: Document, is: Document): readonly string[] => {
  if (is === undefined) return was === undefined ? [] : [`${where} takes no body any more`]
  if (was === undefined) return is.required ? [`${where} requires a body now`] : []
  return [
    ...(is.required && !was.required ? [`${where} requires a body now`] : []),
    ...brokenContent(`${where} body`, 'sent', documents, was.content, is.content),
  ]
}

const brokenResponse = (where: string, documents: Sides, was: Document, is: Document): readonly string[] => [
  ...Object.keys(was.headers ?? {})
    .filter((name) => is.headers?.[name] === undefined)
    .map((name) => `${where} has no header ${name} any more`),
  ...brokenContent(where, 'answered', documents, was.content, is.content),
]

const brokenContent = (
  where: string,
  direction: Side['direction'],
  { before, after }: Sides,
  was: Document = {},
  is: Document = {},
): readonly string[] =>
  Object.entries<Document>(was).flatMap(([type, { schema }]) => {
    if (is[type] === undefined) return [`${where} no longer speaks ${type}`]
    // That a refusal has fewer reasons breaks nobody.
    const refusing = type === 'application/problem+json'
    const [old, young] = [side(direction, before, schema), side(direction, after, is[type].schema)]
    return brokenSchema(`${where} (${type})`, old, young, refusing ? ['enum'] : [])
  })

const side = (direction: Side['direction'], document: Document, schema: Document): Side => ({
  direction,
  document,
  schema,
})

const followed = (document: Document, node: Document): Document =>
  typeof node?.$ref === 'string'
    ? followed(
        document,
        node.$ref
          .slice(2)
          .split('/')
          .reduce((inner: Document, name: string) => inner?.[name], document),
      )
    : node
