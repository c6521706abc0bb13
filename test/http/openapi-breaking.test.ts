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

const get = ['paths', '/things', 'get']
const post = ['paths', '/things', 'post']
const schema = (name: string, ...inner: string[]) => ['components', 'schemas', name, ...inner]

/** What the older document differs in once something has been put in a place, or taken out of it. */
const changed = (place: readonly string[], value: unknown): readonly string[] => {
  const after = aDocument()
  const last = place.at(-1) ?? ''
  const around = place.slice(0, -1).reduce((inner, name) => inner[name], after)
  if (value === undefined) delete around[last]
  else if (last === '+') around.push(value)
  else around[last] = value
  return breakingChanges(aDocument(), after)
}

const text = { type: 'string' }
const codes = [
  'components',
  'responses',
  'gone',
  'content',
  'application/problem+json',
  'schema',
  'allOf',
  '1',
]

describe('an addition breaks nothing', () => {
  test.each<[string, readonly string[], unknown]>([
    ['nothing at all', ['info'], {}],
    ['a path', ['paths', '/more'], { get: { responses: {} } }],
    ['a method', ['paths', '/things', 'delete'], { responses: {} }],
    ['an answer', [...get, 'responses', '304'], {}],
    ['a media type', [...get, 'responses', '200', 'content', 'text/csv'], {}],
    ['an optional parameter', [...get, 'parameters', '+'], { name: 'after', in: 'query' }],
    ['a member of an answer', schema('Thing', 'properties', 'more'), text],
    ['that a member is always there', schema('Thing', 'required', '+'), 'note'],
    ['an optional member of a body', schema('Draft', 'properties', 'more'), text],
    ['a value that a body may have', schema('Draft', 'properties', 'state', 'enum', '+'), 'used'],
    ['room in a body', schema('Draft', 'properties', 'title', 'maxLength'), 500],
    [
      'a kind in a body',
      schema('Draft', 'properties', 'kind', 'oneOf', '+'),
      { $ref: '#/components/schemas/Owner' },
    ],
    ['that a body need not have a member', schema('Draft', 'required'), []],
    ['that no key is needed', [...post, 'security'], []],
    ['fewer reasons of a refusal', [...codes, 'properties', 'code', 'enum'], ['lost']],
  ])('%s', (_what, place, value) => {
    expect(changed(place, value)).toEqual([])
  })
})

describe('it is breaking', () => {
  const gone = undefined
  test.each<[string, readonly string[], unknown, RegExp]>([
    ['that a path goes', ['paths', '/things'], gone, /^\/things is gone/],
    ['that a method goes', post, gone, /POST \/things is gone/],
    ['that an answer goes', [...get, 'responses', '404'], gone, /no longer answers 404/],
    [
      'that a media type goes',
      [...get, 'responses', '200', 'content', 'application/vnd.msgpack'],
      gone,
      /no longer speaks/,
    ],
    ['that a header goes', [...get, 'responses', '200', 'headers', 'ETag'], gone, /no header ETag/],
    ['that a member of an answer goes', schema('Thing', 'properties', 'note'), gone, /has no note any more/],
    [
      'that a member further in goes',
      schema('Owner', 'properties', 'name'),
      gone,
      /owner has no name any more/,
    ],
    ['that a member may be missing', schema('Thing', 'required'), ['id'], /may lack state/],
    [
      'that a member may be null',
      schema('Thing', 'properties', 'note', 'type'),
      ['string', 'null'],
      /note is string,null/,
    ],
    [
      'to answer with another type',
      schema('Thing', 'properties', 'id'),
      { type: 'integer' },
      /id is integer and was string/,
    ],
    [
      'to answer with fewer values',
      schema('Thing', 'properties', 'state', 'enum'),
      ['new'],
      /state has no old/,
    ],
    ['that a body must have a member', schema('Draft', 'required', '+'), 'state', /requires state now/],
    ['that a body must have a new member', schema('Draft', 'required', '+'), 'more', /requires more now/],
    ['that a body may not have a member', schema('Draft', 'properties', 'note'), gone, /refuses note now/],
    [
      'that a body has fewer values',
      schema('Draft', 'properties', 'state', 'enum'),
      ['new'],
      /state has no old/,
    ],
    [
      'that a body has only some values',
      schema('Draft', 'properties', 'title', 'enum'),
      ['a'],
      /takes only a now/,
    ],
    [
      'that null is not taken',
      schema('Draft', 'properties', 'note', 'type'),
      'string',
      /note is string and was/,
    ],
    ['that there is less room', schema('Draft', 'properties', 'title', 'maxLength'), 30, /tighter maxLength/],
    [
      'that a pattern must be kept',
      schema('Draft', 'properties', 'title', 'pattern'),
      '^x',
      /tighter pattern/,
    ],
    [
      'that a kind is not taken',
      schema('Draft', 'properties', 'kind', 'oneOf', '1'),
      text,
      /takes no Square/,
    ],
    [
      'that a kind must have a member',
      schema('Square', 'required', '+'),
      'angle',
      /as Square requires angle/,
    ],
    [
      'to refuse what was ignored',
      schema('Round', 'additionalProperties'),
      false,
      /refuses members it does not know/,
    ],
    ['that a parameter goes', [...get, 'parameters'], [], /parameter limit is gone/],
    ['that a parameter is required', [...get, 'parameters', '0', 'required'], true, /limit is required now/],
    [
      'that a parameter has less room',
      [...get, 'parameters', '0', 'schema', 'maximum'],
      10,
      /tighter maximum/,
    ],
    [
      'that a new parameter is required',
      [...get, 'parameters', '+'],
      { name: 'who', in: 'query', required: true },
      /requires a new parameter who/,
    ],
    ['that a body is required', [...post, 'requestBody', 'required'], true, /requires a body now/],
    ['that no body is taken', [...post, 'requestBody'], gone, /takes no body/],
    ['that a key is needed', [...get, 'security'], [{ Key: [] }], /another key or scope/],
    ['that another scope is needed', [...post, 'security'], [{ Key: ['admin'] }], /another key or scope/],
  ])('%s', (_what, place, value, named) => {
    const found = changed(place, value)
    expect(found.length).toBeGreaterThan(0)
    for (const sentence of found) expect(sentence).toMatch(named)
  })
})
