// Clients made from the last released document must go on working. And that this would notice, change by change.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openApi } from '../support/openapi.ts'
import { breakingChanges } from '../support/openapi-breaking.ts'
import type { Document } from '../support/openapi-operations.ts'

const folder = 'openapi/released'
const releases = readdirSync(folder)
  .filter((name) => /^v\d+\.\d+\.\d+\.json$/.test(name))
  .sort((left, right) => left.localeCompare(right, 'en', { numeric: true }))

test('nothing is broken since the last release', () => {
  const last = releases.at(-1) ?? ''
  expect(breakingChanges(JSON.parse(readFileSync(`${folder}/${last}`, 'utf8')), openApi)).toEqual([])
})

/** A small API with one of everything. */
const aDocument = (): Document => ({
  paths: {
    '/things': {
      get: {
        security: [{}],
        parameters: [
          { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 100 } },
        ],
        responses: {
          200: {
            headers: { ETag: {} },
            content: {
              'application/json': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
              },
              'application/vnd.msgpack': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
              },
            },
          },
          404: { $ref: '#/components/responses/gone' },
        },
      },
      post: {
        security: [{ Key: ['write'] }],
        requestBody: {
          required: false,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Draft' } } },
        },
        responses: {
          201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        },
      },
    },
  },
  components: {
    responses: {
      gone: {
        content: {
          'application/problem+json': {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Problem' },
                { type: 'object', properties: { code: { type: 'string', enum: ['lost', 'stolen'] } } },
              ],
            },
          },
        },
      },
    },
    schemas: {
      Problem: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] },
      Thing: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          state: { type: 'string', enum: ['new', 'old'] },
          note: { type: 'string' },
          owner: { anyOf: [{ $ref: '#/components/schemas/Owner' }, { type: 'null' }] },
          parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
        },
        required: ['id', 'state'],
      },
      Owner: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      Draft: {
        type: 'object',
        properties: {
          title: { type: 'string', maxLength: 300 },
          state: { type: 'string', enum: ['new', 'old'] },
          note: { type: ['string', 'null'] },
          kind: { oneOf: [{ $ref: '#/components/schemas/Round' }, { $ref: '#/components/schemas/Square' }] },
        },
        required: ['title'],
        additionalProperties: false,
      },
      Round: { type: 'object', properties: { radius: { type: 'number' } }, required: ['radius'] },
      Square: { type: 'object', properties: { side: { type: 'number' } }, required: ['side'] },
    },
  },
})

const changed = (change: (document: Document) => void): readonly string[] => {
  const after = aDocument()
  change(after)
  return breakingChanges(aDocument(), after)
}

const schemas = (change: (schemas: Document) => void) => (document: Document) =>
  change(document.components.schemas)

describe('an addition breaks nothing', () => {
  test.each<[string, (document: Document) => void]>([
    ['nothing at all', () => {}],
    ['a path', (d) => void (d.paths['/more'] = { get: { responses: {} } })],
    ['a method', (d) => void (d.paths['/things'].delete = { responses: {} })],
    ['an answer', (d) => void (d.paths['/things'].get.responses[304] = {})],
    ['a media type', (d) => void (d.paths['/things'].get.responses[200].content['text/csv'] = {})],
    [
      'an optional parameter',
      (d) => void d.paths['/things'].get.parameters.push({ name: 'after', in: 'query' }),
    ],
    ['a member of an answer', schemas(({ Thing }) => void (Thing.properties.more = { type: 'string' }))],
    ['that a member is always there', schemas(({ Thing }) => Thing.required.push('note'))],
    [
      'an optional member of a body',
      schemas(({ Draft }) => void (Draft.properties.more = { type: 'string' })),
    ],
    ['a value that a body may have', schemas(({ Draft }) => Draft.properties.state.enum.push('used'))],
    ['room in a body', schemas(({ Draft }) => void (Draft.properties.title.maxLength = 500))],
    [
      'a kind in a body',
      schemas(({ Draft }) => Draft.properties.kind.oneOf.push({ $ref: '#/components/schemas/Owner' })),
    ],
    ['that a body need not have a member', schemas(({ Draft }) => void (Draft.required = []))],
    ['that no key is needed', (d) => void (d.paths['/things'].post.security = [])],
    [
      'fewer reasons of a refusal',
      (d) =>
        void d.components.responses.gone.content[
          'application/problem+json'
        ].schema.allOf[1].properties.code.enum.pop(),
    ],
  ])('%s', (_what, change) => {
    expect(changed(change)).toEqual([])
  })
})

describe('is breaking', () => {
  test.each<[string, (document: Document) => void, RegExp]>([
    ['a path that goes', (d) => void delete d.paths['/things'], /^\/things is gone/],
    ['a method that goes', (d) => void delete d.paths['/things'].post, /POST \/things is gone/],
    [
      'an answer that goes',
      (d) => void delete d.paths['/things'].get.responses[404],
      /no longer answers 404/,
    ],
    [
      'a media type that goes',
      (d) => void delete d.paths['/things'].get.responses[200].content['application/vnd.msgpack'],
      /no longer speaks application\/vnd.msgpack/,
    ],
    [
      'a header that goes',
      (d) => void delete d.paths['/things'].get.responses[200].headers.ETag,
      /no header ETag/,
    ],
    [
      'a member of an answer that goes',
      schemas(({ Thing }) => void delete Thing.properties.note),
      /has no note any more/,
    ],
    [
      'a member further in that goes',
      schemas(({ Owner }) => void delete Owner.properties.name),
      /owner has no name any more/,
    ],
    [
      'a member that may be missing now',
      schemas(({ Thing }) => void (Thing.required = ['id'])),
      /may lack state/,
    ],
    [
      'a member that may be null now',
      schemas(({ Thing }) => void (Thing.properties.note.type = ['string', 'null'])),
      /note is string,null and was string/,
    ],
    [
      'another type in an answer',
      schemas(({ Thing }) => void (Thing.properties.id = { type: 'integer' })),
      /id is integer and was string/,
    ],
    [
      'fewer values in an answer',
      schemas(({ Thing }) => void (Thing.properties.state.enum = ['new'])),
      /state has no old any more/,
    ],
    [
      'a member that a body must have',
      schemas(({ Draft }) => Draft.required.push('state')),
      /requires state now/,
    ],
    [
      'a new member that a body must have',
      schemas(({ Draft }) => {
        Draft.properties.more = {}
        Draft.required.push('more')
      }),
      /requires more now/,
    ],
    [
      'a member that a body may not have any more',
      schemas(({ Draft }) => void delete Draft.properties.note),
      /refuses note now/,
    ],
    [
      'fewer values in a body',
      schemas(({ Draft }) => void (Draft.properties.state.enum = ['new'])),
      /state has no old any more/,
    ],
    [
      'values where any were taken',
      schemas(({ Draft }) => void (Draft.properties.title.enum = ['a'])),
      /takes only a now/,
    ],
    [
      'a null that is not taken any more',
      schemas(({ Draft }) => void (Draft.properties.note.type = 'string')),
      /note is string and was string,null/,
    ],
    [
      'less room in a body',
      schemas(({ Draft }) => void (Draft.properties.title.maxLength = 30)),
      /tighter maxLength/,
    ],
    [
      'a pattern in a body',
      schemas(({ Draft }) => void (Draft.properties.title.pattern = '^x')),
      /tighter pattern/,
    ],
    [
      'a kind that a body may not have any more',
      schemas(({ Draft }) => void Draft.properties.kind.oneOf.pop()),
      /takes no Square any more/,
    ],
    [
      'a member of a kind',
      schemas(({ Square }) => Square.required.push('angle')),
      /as Square requires angle now/,
    ],
    [
      'members that were ignored and are refused',
      schemas(({ Round }) => void (Round.additionalProperties = false)),
      /refuses members it does not know/,
    ],
    [
      'a parameter that goes',
      (d) => void (d.paths['/things'].get.parameters = []),
      /parameter limit is gone/,
    ],
    [
      'a parameter that is required now',
      (d) => void (d.paths['/things'].get.parameters[0].required = true),
      /limit is required now/,
    ],
    [
      'a new required parameter',
      (d) => void d.paths['/things'].get.parameters.push({ name: 'who', in: 'query', required: true }),
      /requires a new parameter who/,
    ],
    [
      'less room in a parameter',
      (d) => void (d.paths['/things'].get.parameters[0].schema.maximum = 10),
      /tighter maximum/,
    ],
    [
      'a body that is required now',
      (d) => void (d.paths['/things'].post.requestBody.required = true),
      /requires a body now/,
    ],
    [
      'a body that is not taken any more',
      (d) => void delete d.paths['/things'].post.requestBody,
      /takes no body/,
    ],
    [
      'a key where none was needed',
      (d) => void (d.paths['/things'].get.security = [{ Key: [] }]),
      /another key or scope/,
    ],
    [
      'another scope',
      (d) => void (d.paths['/things'].post.security = [{ Key: ['admin'] }]),
      /another key or scope/,
    ],
  ])('%s', (_what, change, named) => {
    const found = changed(change)
    expect(found.length).toBeGreaterThan(0)
    for (const sentence of found) expect(sentence).toMatch(named)
  })
})
