// The generator says what a parameter is twice, of it and of its schema. Once is enough.

export const saidOnce = <Document>(document: Document): Document =>
  JSON.parse(JSON.stringify(document, onceOf)) as Document // the same but for repeated words

const onceOf = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('in' in value) || !('schema' in value)) return value
  const { schema, ...parameter } = value
  if (typeof schema !== 'object') return value
  const { description: _said, example, ...rest } = schema as { description?: string; example?: unknown } // OpenAPI's
  return { ...parameter, schema: rest, ...(example !== undefined && { example }) }
}
