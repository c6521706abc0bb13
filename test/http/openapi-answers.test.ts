// That holding answers to the document would notice: each kind of difference is made and must be named.
import { describe, expect, test } from 'vitest'
import { openApi, validateAnswer } from '../support/openapi.ts'

const example = (name: string) => openApi.components.examples[name].value

const unkept = { 'Cache-Control': 'no-store' }

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', ...unkept, ...headers },
  })

const problem = (name: string, changes: object = {}) => {
  const body = { ...example(name), ...changes }
  return json(body, body.status, { 'Content-Type': 'application/problem+json' })
}

const poll = '/v1/polls/poll_8v930ptsjta541myn9a7hhk68g'
const { title: _title, ...untitled } = example('poll')

describe('an answer as described', () => {
  test.each([
    ['a poll', 'GET', poll, json(example('poll'))],
    ['a poll, to its owner', 'GET', poll, json(example('owned-poll'))],
    ['part of a poll', 'GET', `${poll}?fields=title`, json({ id: example('poll').id, title: 'Lunch?' })],
    ['a refusal', 'GET', poll, problem('poll-not-found')],
    ['nothing', 'DELETE', poll, new Response(null, { status: 204, headers: unkept })],
    ['a line each', 'GET', `${poll}/export`, ndjson(example('exported-ballot'))],
    ['no such path', 'GET', '/v2', problem('not-found')],
    ['the most literal path', 'GET', `${poll}/ballots/mine`, json(example('own-ballot'))],
  ])('is let through: %s', async (_what, method, path, response) => {
    await validateAnswer(method, path, response)
  })
})

describe('an answer that is not', () => {
  test.each([
    ['a status', 'GET', poll, json({}, 418), 'describes no 418'],
    ['a media type', 'GET', poll, json({}, 200, { 'Content-Type': 'text/plain' }), 'no text/plain'],
    ['a header', 'GET', poll, json(example('poll'), 200, { 'X-Powered-By': 'us' }), 'x-powered-by'],
    ['caches', 'GET', poll, new Response(JSON.stringify(example('poll'))), 'no Cache-Control'],
    [
      'what a header says',
      'GET',
      `${poll}/export`,
      ndjson({}, { 'Edgepoll-Archived': 'all' }),
      'edgepoll-archived',
    ],
    ['a member', 'GET', poll, json({ ...example('poll'), colour: 'red' }), 'colour'],
    [
      'a member further in',
      'GET',
      poll,
      json({ ...example('poll'), urls: { ...example('poll').urls, admin: 'x' } }),
      'admin',
    ],
    ['a type', 'GET', poll, json({ ...example('poll'), version: '1' }), '/version must be integer'],
    ['that a member is missing', 'GET', poll, json(untitled), "required property 'title'"],
    ['an owner’s member to anybody', 'GET', poll, json({ ...example('poll'), labels: {} }), 'labels'],
    [
      'a member of part of a poll',
      'GET',
      `${poll}?fields=title`,
      json({ id: example('poll').id, colour: 'red' }),
      'colour',
    ],
    [
      'the reason of a refusal',
      'GET',
      poll,
      problem('already-voted', { status: 404 }),
      'code must be equal to one of',
    ],
    ['a line', 'GET', `${poll}/export`, ndjson({ ...example('exported-ballot'), voter: 'ann' }), 'voter'],
    ['an answer nowhere', 'GET', '/v2', json({}), 'no operation'],
    [
      'the reason nowhere',
      'GET',
      '/v2',
      problem('poll-not-found'),
      'poll-not-found where there is no operation',
    ],
    [
      'Allow of a 405',
      'POST',
      poll,
      problem('not-found', { code: 'method-not-allowed', status: 405 }),
      '405 lacks Allow',
    ],
  ])('is stopped: it says too much or too little of %s', async (_what, method, path, response, named) => {
    await expect(validateAnswer(method, path, response)).rejects.toThrow(named)
  })
})

function ndjson(line: unknown, headers: Record<string, string> = {}): Response {
  const text = `${JSON.stringify(line)}\n`
  return new Response(text, { headers: { 'Content-Type': 'application/x-ndjson', ...unkept, ...headers } })
}
