// The page a person votes on.
import { createRoute } from '@hono/zod-openapi'
import { always, bodied, negotiated } from '../always.ts'
import { shown } from '../examples.ts'
import { headers, unkept } from '../headers.ts'
import { filePath, pollPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { ballot, ballotDraft } from '../schemas/ballot.ts'
import { vitalsDraft } from '../schemas/vitals.ts'
import { anybody } from '../security.ts'

const tags = ['Pages']

const pageHeaders = headers(
  'Cache-Control',
  'Content-Security-Policy',
  'Referrer-Policy',
  'X-Content-Type-Options',
  'Set-Cookie',
  'Retry-After',
  'X-Request-Id',
  'Server-Timing',
)

const html = { 'text/html': { schema: { type: 'string' as const } } }

const page = (description: string) => ({ description, headers: pageHeaders, content: html })

/** A page says no in words for people; the page's own script reads problem documents. */
const eitherWay = (description: string) => ({
  description,
  headers: { ...pageHeaders, ...headers('WWW-Authenticate', 'Accept-Post') },
  content: {
    ...html,
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  },
})

const readPage = createRoute({
  operationId: 'readPage',
  summary: 'Open the page of a poll',
  description: 'Works without JavaScript; with it the results move while others vote.',
  tags,
  ...anybody,
  method: 'get',
  path: '/p/{pollId}',
  request: { params: pollPath },
  responses: {
    200: page('The page.'),
    404: page('There is no such poll.'),
    ...refusals(...always),
    503: eitherWay('A part of the service is away for a moment.'),
  },
})

const castOnPage = createRoute({
  operationId: 'castOnPage',
  summary: 'Vote on the page of a poll',
  description: 'From the page itself: by its form, or by its script. Other clients cast ballots by the API.',
  tags,
  ...anybody,
  method: 'post',
  path: '/p/{pollId}',
  request: {
    params: pollPath,
    body: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': { schema: { type: 'object', additionalProperties: true } },
        'application/json': {
          schema: ballotDraft,
          examples: shown('short-ballot-draft'),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'The ballot as it stands, to the script.',
      headers: headers('Idempotency-Replayed', 'Edgepoll-Retry-Safe', 'Set-Cookie', ...unkept),
      content: { 'application/json': { schema: ballot } },
    },
    201: {
      description: 'It is counted, to the script.',
      headers: headers('Edgepoll-Retry-Safe', 'Set-Cookie', ...unkept),
      content: { 'application/json': { schema: ballot } },
    },
    303: {
      description: 'It is counted: back to the page.',
      headers: headers('Location', 'Set-Cookie', 'X-Request-Id', 'Server-Timing'),
    },
    400: eitherWay('The request cannot be read.'),
    401: eitherWay('The poll asks for an invite, or for a token of the owner’s.'),
    403: eitherWay('The post did not come from the page, or the voter may not vote.'),
    404: eitherWay('There is no such poll.'),
    409: eitherWay('The voter has voted, or the poll is not open.'),
    413: eitherWay('The answers are longer than a ballot may be.'),
    415: eitherWay('The body is neither a form nor JSON.'),
    422: eitherWay('The ballot does not fit the poll.'),
    500: eitherWay('Something unexpected went wrong.'),
    503: eitherWay('Nothing was lost; try again.'),
  },
})

const readAsset = createRoute({
  operationId: 'readAsset',
  summary: 'Read a file of the pages',
  description: 'Names change with content, so a browser may keep them for ever.',
  tags,
  ...anybody,
  method: 'get',
  path: '/assets/{file}',
  request: { params: filePath },
  responses: {
    200: {
      description: 'The file.',
      headers: headers('Cache-Control', 'X-Content-Type-Options'),
      content: {
        'text/javascript': { schema: { type: 'string' } },
        'text/css': { schema: { type: 'string' } },
        'image/svg+xml': { schema: { type: 'string' } },
      },
    },
    ...refusals(...always, 'not-found'),
  },
})

const reportVitals = createRoute({
  operationId: 'reportVitals',
  summary: 'Tell what a voter waited for',
  description:
    'What the voting page measured in the browser, of a sample of its views: nothing of the voter, the poll or the device. Sent by the page itself; no other site may.',
  tags,
  ...anybody,
  method: 'post',
  path: '/v1/rum',
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: vitalsDraft, examples: shown('vitals-draft') } },
    },
  },
  responses: {
    204: { description: 'It was noted.', headers: headers(...unkept) },
    ...refusals(...negotiated, ...bodied, 'origin-not-allowed'),
  },
})

export const pageOperations = [readPage, castOnPage, readAsset, reportVitals]
