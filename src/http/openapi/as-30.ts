// The document as OpenAPI 3.0, for tools that do not read 3.1. It knows what our document uses, and a test looks for anything else.

type Json = Readonly<Record<string, unknown>>

export const as30 = ({ webhooks: _since31, ...document }: Json): Json => ({
  ...(older(document) as Json), // an object stays one
  openapi: '3.0.3',
})

const older = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(older)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(nullable(value)).map(([name, inner]) => {
      if (name === 'examples' || name === 'example') return [name, inner] // somebody's data, not ours to read
      return [name, name === 'security' ? withoutRoles(inner) : older(inner)]
    }),
  )
}

/** 3.1 says null by its type, 3.0 by a keyword. */
const nullable = (schema: Json): Json => {
  const { type, anyOf, ...rest } = schema
  if (Array.isArray(type)) {
    const [only] = type.filter((each) => each !== 'null')
    return { type: only, nullable: true, ...(anyOf !== undefined && { anyOf }), ...rest }
  }
  if (!Array.isArray(anyOf) || !anyOf.some(isNull)) return schema
  // 3.0 wants a type beside `nullable`, and what may be null here are objects.
  return { type: 'object', nullable: true, allOf: anyOf.filter((each) => !isNull(each)), ...rest }
}

/** 3.0 has no roles but those of OAuth. */
const withoutRoles = (requirements: unknown): unknown =>
  Array.isArray(requirements)
    ? requirements.map((each) => Object.fromEntries(Object.keys(Object(each)).map((scheme) => [scheme, []])))
    : requirements

const isNull = (schema: unknown): boolean => isObject(schema) && schema['type'] === 'null'

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
