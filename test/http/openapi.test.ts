// The API's document against the API: every route, every refusal, every example, and the two ways it is served.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { release } from '../../dev/generate-openapi.ts'
import { documents } from '../../dev/generate-published.ts'
import { createApp } from '../../src/http/app.ts'
import { openApi30File, openApiFile } from '../../src/http/generated/published.generated.ts'
import { as30 } from '../../src/http/openapi/as-30.ts'
import { openApiDocument } from '../../src/http/openapi/document.ts'
import { problems } from '../../src/http/problems.ts'
import { anApi, rootKey } from '../support/api.ts'
import { openApi } from '../support/openapi.ts'
import { type Document, nodeAt, operationsOf, pointerOf } from '../support/openapi-operations.ts'

const operations = operationsOf(openApi)

describe('the document', () => {
  test('is what its definitions say: npm run generate', () => {
    const text = `${JSON.stringify(openApiDocument(release()), null, 2)}\n`
    expect(readFileSync('openapi/openapi.json', 'utf8') === text).toBe(true) // shown as a difference it would fill the screen
    const { openApiFile: newer, openApi30File: older } = documents()
    expect([openApiFile, openApi30File]).toEqual([newer.name, older.name])
  })

  test('has every route of the app, and nothing that is none', () => {
    const routes = createApp(anApi().services)
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    const described = operations.map(({ method, path }) => `${method} ${path}`)
    expect(described.toSorted()).toEqual([...new Set(routes)].toSorted())
  })

  test('names every operation once, and says how each goes well', () => {
    const names = operations.map(({ operationId }) => operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const { operationId, responses } of operations)
      expect([operationId, Object.keys(responses).some((status) => /^[12]/.test(status))]).toEqual([
        operationId,
        true,
      ])
  })

  test('describes every member of every schema', () => {
    const silent = (schema: Document, name: string): readonly string[] => {
      if (schema.$ref !== undefined) return []
      const inner = { ...schema.properties, ...schema.items?.properties }
      return [
        ...(schema.description === undefined ? [name] : []),
        ...Object.entries(inner).flatMap(([member, each]) => silent(each, `${name}.${member}`)),
      ]
    }
    const { schemas } = openApi.components
    expect(Object.entries(schemas).flatMap(([name, schema]) => silent(schema, name))).toEqual([])
  })

  test('says every code there is, each with its own status', () => {
    const said = new Map<string, number>()
    for (const [name, { content }] of Object.entries<Document>(openApi.components.responses)) {
      const [, { properties }] = content['application/problem+json'].schema.allOf
      for (const code of properties.code.enum) said.set(code, Number(name.split('.')[0]))
    }
    for (const [code, { status }] of Object.entries(problems)) {
      expect(openApi.info.description).toContain(`| \`${code}\` | ${status} |`)
      // No operation says it: it is what answers where there is none.
      if (code === 'method-not-allowed') continue
      expect([code, said.get(code)]).toEqual([code, status])
    }
  })

  test('leaves room in answers for members to come, and none in bodies', () => {
    const { schemas } = openApi.components
    for (const name of ['Poll', 'Results', 'Ballot', 'Problem'])
      expect(schemas[name]).not.toHaveProperty('additionalProperties')
    for (const name of ['PollDraft', 'BallotDraft', 'PollPatch'])
      expect(schemas[name].additionalProperties).toBe(false)
  })

  test('asks for the scope that its route asks for', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const key = api.key('ws_first', [])
    const [keyId = ''] = api.keys.rows.keys()
    const made = { url: 'https://example.com/' }
    const all = api.key('ws_first', ['webhooks:write'])
    const webhook = await api.ask('POST', '/v1/webhooks', { key: all, body: made })
    for (const { method, path, operationId } of operations) {
      const { security } = openApi.paths[path][method.toLowerCase()]
      const [scope] = security.flatMap(({ ApiKey = [] }: { ApiKey?: string[] }) => ApiKey)
      if (scope === undefined) continue
      const address = path
        .replace('{pollId}', poll.id)
        .replace('{keyId}', keyId)
        .replace('{webhookId}', webhook.json.id)
        .replaceAll(/\{\w+\}/g, '1')
      const { status, json } = await api.ask(method, address, { key })
      expect([operationId, status, json.scope]).toEqual([operationId, 403, scope])
    }
  })
})

describe('its examples', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
  addFormats(ajv)
  ajv.addFormat('binary', true)
  ajv.addSchema(openApi, 'api')

  /** Every media type of the document, wherever it stands. */
  const media = (
    node: Document,
    path: readonly string[] = [],
  ): { path: readonly string[]; examples: Document }[] => {
    if (typeof node !== 'object' || node === null) return []
    const found = path.at(-2) === 'content' && node.examples ? [{ path, examples: node.examples }] : []
    return [...found, ...Object.entries(node).flatMap(([name, inner]) => media(inner, [...path, name]))]
  }

  test.each(media(openApi).map(({ path, examples }) => [path.join(' '), path, examples] as const))(
    'fit: %s',
    (_what, path, examples) => {
      const validate = ajv.compile({ $ref: `api${pointerOf([...path, 'schema'])}` })
      for (const name of Object.keys(examples)) {
        const { node } = nodeAt(openApi, [...path, 'examples', name])
        validate(node.value)
        expect([name, validate.errors]).toEqual([name, null])
      }
    },
  )

  const example = (name: string) => openApi.components.examples[name].value

  test('are real: the bodies do what they are there for', async () => {
    const api = anApi()
    const key = api.key()
    const least = await api.ask('POST', '/v1/polls', { key, body: example('least-draft') })
    const full = await api.ask('POST', '/v1/polls', { key, body: example('full-draft') })
    expect([least.status, full.status]).toEqual([201, 201])
    const { id, createdAt, urls, ...poll } = full.json
    expect(example('owned-poll')).toMatchObject(poll)

    const path = `/v1/polls/${id}`
    const cast = async (name: string, voter: string) =>
      (await api.ask('POST', `${path}/ballots`, { headers: { 'Voter-Id': voter }, body: example(name) }))
        .status
    expect(await cast('full-ballot-draft', 'voter-0000-0000-0001')).toBe(201)
    expect(await cast('short-ballot-draft', 'voter-0000-0000-0002')).toBe(201)
    const headers = { 'If-Match': '"poll-1-json"', 'Content-Type': 'application/merge-patch+json' }
    const patched = await api.ask('PATCH', path, { key, headers, body: example('poll-patch') })
    expect([patched.status, patched.json.labels]).toEqual([200, {}])
    expect((await api.ask('POST', `${path}/invites`, { key, body: example('invites-draft') })).status).toBe(
      201,
    )
    const body = example('workspace-draft')
    expect((await api.ask('POST', '/v1/workspaces', { key: rootKey, body })).status).toBe(201)
  })

  test('show results as the contract does, to the letter', () => {
    const [, published] =
      /## Results[\s\S]*?```json\n([\s\S]*?)```/.exec(readFileSync('docs/design/api.md', 'utf8')) ?? []
    const { pollId: _shortened, ...results } = JSON.parse(published ?? '')
    expect(example('results')).toMatchObject(results)
  })
})

describe('served', () => {
  test.each(['/openapi.json', '/openapi-3.0.json'])(
    '%s for five minutes, and 304 to whoever has it',
    async (path) => {
      const api = anApi()
      const first = await api.ask('GET', path)
      expect(first.headers.get('content-type')).toBe('application/json')
      expect(first.headers.get('cache-control')).toBe('public, max-age=300')
      expect(first.headers.get('x-request-id')).toBeNull()
      const tag = first.headers.get('etag') ?? ''
      const again = await api.ask('GET', path, { headers: { 'If-None-Match': `W/${tag}` } })
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag])
      expect(first.json.servers[0].url).toBe('/')
    },
  )

  test('as 503 where it was not published, and never as an empty document', async () => {
    const api = anApi()
    const services = { ...api.services, publishedFile: async () => new Response(null, { status: 404 }) }
    const answer = await createApp(services).request('/openapi.json')
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([503, 'no-store'])
  })

  test('under a tag for each version', async () => {
    const api = anApi()
    const tags = ['/openapi.json', '/openapi-3.0.json'].map(async (path) =>
      (await api.ask('GET', path)).headers.get('etag'),
    )
    expect(new Set(await Promise.all(tags)).size).toBe(2)
  })

  test('as 3.0 it says nothing that 3.0 does not know', () => {
    const older: Document = as30(openApi)
    expect(older.openapi).toBe('3.0.3')
    const strange: string[] = []
    const look = (node: Document, place: string): void => {
      if (typeof node !== 'object' || node === null) return
      for (const [name, inner] of Object.entries<Document>(node)) {
        const here = `${place}/${name}`
        if (name === 'example' || name === 'examples' || /\/properties$/.test(place)) {
          if (/\/properties$/.test(place)) look(inner, here)
          continue
        }
        const unknown = [
          'const',
          'prefixItems',
          'unevaluatedProperties',
          'patternProperties',
          '$defs',
          'if',
          'webhooks',
        ]
        if (unknown.includes(name) || (name === 'type' && (Array.isArray(inner) || inner === 'null')))
          strange.push(here)
        if (name === 'exclusiveMinimum' && typeof inner === 'number') strange.push(here)
        look(inner, here)
      }
    }
    look(older, '')
    expect(strange).toEqual([])
    expect(older.components.schemas.RankingOutcome.properties.runoff).toMatchObject({
      nullable: true,
      allOf: [{ $ref: '#/components/schemas/Runoff' }],
    })
    expect(older.components.schemas.Poll.properties.opensAt).toMatchObject({ type: 'string', nullable: true })
    expect(older.paths['/v1/polls'].post.security).toEqual([{ ApiKey: [] }, { ApiKeyHeader: [] }])
    expect(Object.keys(older.paths)).toEqual(Object.keys(openApi.paths))
  })

  test('as a page that loads nothing from elsewhere', async () => {
    const api = anApi()
    const { status, headers, text } = await api.ask('GET', '/docs')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'; script-src 'self'; .*connect-src 'self'/,
    )
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '')
    expect(loaded.filter((address) => !address.startsWith('/'))).toEqual([])
    const [script = ''] = loaded.filter((address) => address.endsWith('.js'))
    const file = await api.ask('GET', script)
    expect([file.status, file.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ])
    expect((await api.ask('GET', '/docs/reference.0000000000000000.js')).json.code).toBe('not-found')
  })
})
