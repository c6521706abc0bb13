// What says how the API is: health, problems, this document.
import { createRoute, z } from '@hono/zod-openapi'
import { always, operated } from '../always.ts'
import { shown } from '../examples.ts'
import { headers, unkept } from '../headers.ts'
import { filePath, ifNoneMatch, reasonPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { alive, health } from '../schemas/owner.ts'
import { problemRow } from '../schemas/problem.ts'
import { anybody, operator } from '../security.ts'

const tags = ['Platform']
const get = { tags, ...anybody, method: 'get' as const }

const readLivez = createRoute({
  operationId: 'readLivez',
  summary: 'Whether the process answers',
  description: 'Asks nothing else.',
  ...get,
  path: '/livez',
  responses: {
    200: {
      description: 'It does.',
      headers: headers(...unkept),
      content: {
        'application/json': { schema: alive, examples: shown('alive') },
      },
    },
    ...refusals(...always),
  },
})

const healthContent = {
  'application/health+json': {
    schema: health,
    examples: shown('health'),
  },
}

const readReadyz = createRoute({
  operationId: 'readReadyz',
  summary: 'Whether ballots can be taken',
  description: 'Postgres, Redis and KV down only warn: voting goes on without them.',
  ...get,
  path: '/readyz',
  responses: {
    200: { description: '`pass` or `warn`.', headers: headers(...unkept), content: healthContent },
    ...refusals(...always),
    503: {
      description: '`fail`: no ballot can be taken. Or `unavailable`: the key could not be looked up.',
      headers: headers('Retry-After', ...unkept),
      content: {
        ...healthContent,
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: { unavailable: { $ref: '#/components/examples/unavailable' } },
        },
      },
    },
  },
})

const readProblem = createRoute({
  operationId: 'readProblem',
  summary: 'Read what a problem means',
  description: 'What the `type` of a problem document resolves to.',
  ...get,
  path: '/problems/{reason}',
  request: { params: reasonPath },
  responses: {
    200: {
      description: 'The problem, in general.',
      headers: headers('Cache-Control'),
      content: {
        'application/json': {
          schema: problemRow,
          examples: shown('problem-row'),
        },
      },
    },
    ...refusals(...always, 'not-found'),
  },
})

const documentAnswers = {
  200: {
    description: 'The document.',
    headers: headers('ETag', 'Cache-Control'),
    content: { 'application/json': { schema: z.looseObject({}) } },
  },
  304: { description: 'It is as the tag says.', headers: headers('ETag', 'Cache-Control') },
  ...refusals(...always),
}

const documentRequest = { headers: z.object({ 'If-None-Match': ifNoneMatch }) }

const readOpenApi = createRoute({
  operationId: 'readOpenApi',
  summary: 'Read this document',
  description: 'As OpenAPI 3.1.',
  ...get,
  path: '/openapi.json',
  request: documentRequest,
  responses: documentAnswers,
})

const readOpenApi30 = createRoute({
  operationId: 'readOpenApi30',
  summary: 'Read this document as OpenAPI 3.0',
  description: 'For tools that do not read 3.1 yet.',
  ...get,
  path: '/openapi-3.0.json',
  request: documentRequest,
  responses: documentAnswers,
})

const readReference = createRoute({
  operationId: 'readReference',
  summary: 'Read this document as a page',
  description: 'For people. Everything on it comes from here.',
  ...get,
  path: '/docs',
  responses: {
    200: {
      description: 'The page.',
      headers: headers(
        'Cache-Control',
        'Content-Security-Policy',
        'Referrer-Policy',
        'X-Content-Type-Options',
      ),
      content: { 'text/html': { schema: { type: 'string' } } },
    },
    ...refusals(...always),
  },
})

const readReferenceFile = createRoute({
  operationId: 'readReferenceFile',
  summary: 'Read a file of the page',
  description: 'Its name changes with its content.',
  ...get,
  path: '/docs/{file}',
  request: { params: filePath },
  responses: {
    200: {
      description: 'The file.',
      headers: headers('Cache-Control', 'X-Content-Type-Options'),
      content: { 'text/javascript': { schema: { type: 'string' } } },
    },
    ...refusals(...always, 'not-found'),
  },
})

const scraped = (format: string) => ({ schema: { type: 'string' as const, description: format } })

const readMetrics = createRoute({
  operationId: 'readMetrics',
  summary: 'Read every metric of the system',
  description:
    'For Prometheus: everything that all Workers and objects have counted, in one answer. `Accept` chooses between OpenMetrics 1.0 and the older text format.',
  tags,
  ...operator,
  method: 'get',
  path: '/metrics',
  responses: {
    200: {
      description: 'The metrics.',
      headers: headers(...unkept),
      content: {
        'application/openmetrics-text': scraped('OpenMetrics 1.0.'),
        'text/plain': scraped('The text format of Prometheus, version 0.0.4.'),
      },
    },
    ...refusals(...operated),
  },
})

export const platformOperations = [
  readLivez,
  readReadyz,
  readMetrics,
  readProblem,
  readOpenApi,
  readOpenApi30,
  readReference,
  readReferenceFile,
]
