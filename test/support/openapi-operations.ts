// Finds operations of an OpenAPI document by the address of a request, with JSON pointers to their schemas.

// biome-ignore lint/suspicious/noExplicitAny: a document as it was parsed
export type Document = any

export interface Operation {
  readonly operationId: string
  readonly method: string
  readonly path: string
  /** By status. */
  readonly responses: Readonly<
    Record<
      string,
      {
        /** By name, where the schema is. */
        readonly headers: Readonly<Record<string, string>>
        /** By media type, where the schema is. */
        readonly content: Readonly<Record<string, string>>
      }
    >
  >
}

/** Every operation of the document. */
export const operationsOf = (document: Document): readonly Operation[] =>
  Object.entries<Document>(document.paths).flatMap(([path, item]) =>
    Object.entries<Document>(item).map(([method, { operationId, responses }]) => ({
      operationId,
      method: method.toUpperCase(),
      path,
      responses: Object.fromEntries(
        Object.keys(responses).map((status) => [
          status,
          responseAt(document, ['paths', path, method, 'responses', status]),
        ]),
      ),
    })),
  )

/** The most literal of those that fit, as the router has it; null: none does. */
export const operationAt = (document: Document, method: string, address: string): Operation | null => {
  const fitting = remembered(document).filter((each) => each.method === method && fits(each.path, address))
  return fitting.toSorted((left, right) => holes(left.path) - holes(right.path))[0] ?? null
}

/** Whether any method is taken there. */
export const pathIsKnown = (document: Document, address: string): boolean =>
  Object.keys(document.paths).some((path) => fits(path, address))

/** The node at a pointer, references followed. */
export const nodeAt = (
  document: Document,
  path: readonly string[],
): { node: Document; path: readonly string[] } => {
  const node = path.reduce((inner, name) => inner?.[name], document)
  return typeof node?.$ref === 'string'
    ? nodeAt(document, node.$ref.slice(2).split('/').map(unescaped))
    : { node, path }
}

export const pointerOf = (path: readonly string[]): string =>
  `#/${path.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`

const responseAt = (document: Document, place: readonly string[]) => {
  const { node, path } = nodeAt(document, place)
  const schemas = (member: 'headers' | 'content') =>
    Object.fromEntries(
      Object.keys(node[member] ?? {}).map((name) => {
        const found = nodeAt(document, [...path, member, name])
        return [name, pointerOf([...found.path, 'schema'])]
      }),
    )
  return { headers: schemas('headers'), content: schemas('content') }
}

const known = new WeakMap<object, readonly Operation[]>()

const remembered = (document: Document): readonly Operation[] => {
  const operations = known.get(document) ?? operationsOf(document)
  known.set(document, operations)
  return operations
}

const fits = (path: string, address: string): boolean =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(address)

const holes = (path: string): number => path.split('{').length

const unescaped = (name: string): string =>
  decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')
