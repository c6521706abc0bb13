// Holds values to the schemas of the API's document. The document leaves room for members that are added later; here
// none may be there that it does not describe.

import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Document } from './openapi-operations.ts'

/** `partial`: of an answer to `?fields=`, in which any member may be missing. */
export type Reading = 'whole' | 'partial'

/** What is wrong with a value, by the schema at a pointer into the document. */
export const mistakesIn = (pointer: string, value: unknown, reading: Reading): readonly string[] => {
  const validate = validatorAt(pointer, reading)
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '(it)'} ${message} ${JSON.stringify(params)}`,
  )
}

/** The schema with every object closed to what it does not name. */
export const closed = (schema: Document, alone = true): Document => {
  if (Array.isArray(schema)) return schema.map((each) => closed(each, alone))
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties') return [keyword, eachOf(Object(value), (each) => closed(each))]
      if (keyword === 'items' || keyword === 'additionalProperties') return [keyword, closed(value)]
      // Parts of one object close it together.
      if (keyword === 'allOf' || keyword === 'anyOf' || keyword === 'oneOf')
        return [keyword, closed(value, false)]
      return [keyword, value]
    }),
  )
  const describes = ['$ref', 'properties', 'allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in schema)
  return alone && describes && !('additionalProperties' in schema)
    ? { ...inner, unevaluatedProperties: false }
    : inner
}

/** The schema of what is left when members were chosen: kinds may then look alike. */
const loosened = (schema: Document): Document => {
  if (Array.isArray(schema)) return schema.map(loosened)
  if (typeof schema !== 'object' || schema === null) return schema
  const { required, oneOf, properties, ...rest } = schema
  return {
    ...eachOf({ ...rest, ...(oneOf && { anyOf: oneOf }) }, loosened),
    // Not the keyword, but members of that name.
    ...(typeof required === 'boolean' && { required }),
    ...(properties && { properties: eachOf(properties, loosened) }),
  }
}

const closedDocument = ({ components, paths, ...rest }: Document): Document => ({
  ...rest,
  components: {
    ...components,
    schemas: eachOf(components.schemas, (schema) => closed(schema, false)),
    responses: eachOf(components.responses, closedResponse),
  },
  paths: eachOf(paths, (item) =>
    eachOf(item, (operation) => ({ ...operation, responses: eachOf(operation.responses, closedResponse) })),
  ),
})

const closedResponse = (response: Document): Document =>
  response.content === undefined
    ? response
    : { ...response, content: eachOf(response.content, (type) => ({ ...type, schema: closed(type.schema) })) }

const eachOf = (record: Readonly<Record<string, Document>>, change: (value: Document) => Document) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

const readings = new Map<Reading, Ajv2020>()

const ajvFor = (reading: Reading): Ajv2020 => {
  const known = readings.get(reading)
  if (known !== undefined) return known
  // An OpenAPI document has more in it than schemas.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
  addFormats(ajv)
  ajv.addFormat('binary', true)
  const document = closedDocument(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')))
  ajv.addSchema(reading === 'whole' ? document : loosened(document), 'api')
  readings.set(reading, ajv)
  return ajv
}

const validators = new Map<string, ValidateFunction>()

const validatorAt = (pointer: string, reading: Reading): ValidateFunction => {
  const name = `${reading} ${pointer}`
  const validate = validators.get(name) ?? ajvFor(reading).compile({ $ref: `api${pointer}` })
  validators.set(name, validate)
  return validate
}
