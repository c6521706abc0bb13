// Holds answers to the API's document: what is sent must be described there, down to the last member and header.

import { fail } from 'node:assert'
import { readFileSync } from 'node:fs'
import { msgpack } from '../../src/representation/msgpack.ts'
import { type Operation, operationAt, pathIsKnown } from './openapi-operations.ts'
import { mistakesIn } from './openapi-schemas.ts'

/** The document that is served is made from it. */
export const openApi = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'))

/** Fails with everything in the answer that the document does not say. A response's body is read. */
export const validateAnswer = async (method: string, path: string, response: Response): Promise<void> => {
  const [address = '', query = ''] = path.split('?')
  const mistakes = await mistakesOf(method, address, new URLSearchParams(query), response)
  if (mistakes.length === 0) return
  const what = `${method} ${path} → ${response.status}`
  fail(`${what} is not as openapi/openapi.json says (npm run generate?):\n  ${mistakes.join('\n  ')}`)
}

/** The same of an answer that came over the network. */
export const validateReceived = (
  method: string,
  path: string,
  { status, headers, text }: Received,
): Promise<void> => {
  const lines = Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((line): [string, string] => [name, line]),
  )
  // A Response of these may not even have an empty body.
  const body = [204, 205, 304].includes(status) ? null : text
  return validateAnswer(method, path, new Response(body, { status, headers: lines }))
}

interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

const mistakesOf = async (
  method: string,
  address: string,
  query: URLSearchParams,
  response: Response,
): Promise<readonly string[]> => {
  if (method === 'OPTIONS' && response.status === 204) return []
  const operation = operationAt(openApi, method === 'HEAD' ? 'GET' : method, address)
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (operation === null) return mistakesOfNowhere(address, response, bytes)

  const { responses } = operation
  const described = responses[response.status] ?? responses['default']
  if (described === undefined) return [`${operation.operationId} describes no ${response.status}`]
  return [
    ...mistakesInHeaders(response.headers, described.headers),
    ...(method === 'HEAD' ? [] : mistakesInBody(described, response.headers, bytes, query)),
  ]
}

type Described = Operation['responses'][string]

/** Where the document has no operation there is only a refusal. */
const mistakesOfNowhere = (address: string, { status, headers }: Response, bytes: Uint8Array) => {
  const codes = ['key-invalid', 'rate-limited', 'unavailable', 'unexpected', 'not-acceptable']
  const nowhere = pathIsKnown(openApi, address) ? 'method-not-allowed' : 'not-found'
  const schema = '#/components/schemas/Problem'
  if (typeOf(headers) !== 'application/problem+json') return [`answers ${status} where there is no operation`]
  if (bytes.byteLength === 0) return [] // to a HEAD
  const problem = JSON.parse(text(bytes))
  return [
    ...keptBySilence(headers),
    ...mistakesIn(schema, problem, 'whole'),
    ...([nowhere, ...codes].includes(problem.code) ? [] : [`${problem.code} where there is no operation`]),
    ...(problem.code === 'method-not-allowed' && !headers.has('allow') ? ['405 lacks Allow'] : []),
  ]
}

/** Not ours, or on answers of every kind. */
const ordinary =
  /^(access-control-.+|alt-svc|cf-.+|connection|content-(type|length|encoding)|date|keep-alive|server|transfer-encoding|vary|x-content-type-options)$/

const mistakesInHeaders = (headers: Headers, described: Described['headers']): readonly string[] => {
  const known = new Map(Object.entries(described).map(([name, pointer]) => [name.toLowerCase(), pointer]))
  return [
    ...keptBySilence(headers),
    ...[...headers].flatMap(([name, value]) => {
      const pointer = known.get(name)
      if (pointer === undefined) return ordinary.test(name) ? [] : [`the header ${name} is not described`]
      const read = /^\d+$/.test(value) ? [value, Number(value)] : [value]
      const found = read.map((each) => mistakesIn(pointer, each, 'whole'))
      return found.some(({ length }) => length === 0)
        ? []
        : [`the header ${name}: ${found.flat().join(', ')}`]
    }),
  ]
}

/** What says nothing of caches, the one in front of the edge keeps for up to two hours. */
const keptBySilence = (headers: Headers): readonly string[] =>
  headers.has('cache-control') ? [] : ['there is no Cache-Control']

const mistakesInBody = (
  { content }: Described,
  headers: Headers,
  bytes: Uint8Array,
  query: URLSearchParams,
): readonly string[] => {
  const type = typeOf(headers)
  if (Object.keys(content).length === 0) return bytes.byteLength === 0 ? [] : ['no body is described']
  const named = aliases[type] ?? type
  const pointer = content[named]
  if (pointer === undefined) return [`no ${type || 'body without a media type'} is described`]
  const partial = query.has('fields') && !named.includes('problem')
  return valuesOf(named, bytes).flatMap((value) => mistakesIn(pointer, value, partial ? 'partial' : 'whole'))
}

const aliases: Readonly<Record<string, string>> = {
  'application/msgpack': 'application/vnd.msgpack',
  'application/x-msgpack': 'application/vnd.msgpack',
  'application/x-protobuf': 'application/protobuf',
}

/** What can be held to a schema. Messages are held to the JSON they carry by the codecs' contract suite. */
const valuesOf = (type: string, bytes: Uint8Array): readonly unknown[] => {
  if (/[/+]json$/.test(type)) return [JSON.parse(text(bytes))]
  if (type === 'application/x-ndjson')
    return text(bytes)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  return type === 'application/vnd.msgpack' ? [unpacked(bytes)] : []
}

const unpacked = (bytes: Uint8Array): unknown => {
  const read = msgpack.decode(bytes)
  return read.ok ? read.value : fail(read.refusal.detail)
}

const typeOf = (headers: Headers): string => headers.get('content-type')?.split(';')[0]?.trim() ?? ''

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

interface App {
  fetch(request: Request): Response | Promise<Response>
}

/** The app, with every answer of it held to the document. */
export const heldToDocument = <Some extends App>(app: Some) =>
  Object.assign(Object.create(app) as Omit<Some, 'fetch'>, {
    async fetch(request: Request): Promise<Response> {
      const response = await app.fetch(request)
      const { pathname, search } = new URL(request.url)
      await validateAnswer(request.method, pathname + search, response.clone())
      return response
    },
  })
