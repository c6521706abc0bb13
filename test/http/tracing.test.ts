// What a request is part of, and what its owner hears of where the time went.
import { describe, expect, test } from 'vitest'
import { anApi, lunch, rootKey } from '../support/api.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
const everything = { samples: () => true }

const requestsOf = (api: ReturnType<typeof anApi>) =>
  api.counting.events.flatMap((event) => (event.type === 'request' ? [event] : []))

describe('a traceparent', () => {
  test('of a caller with a key is gone on with, and what was asked is part of it', async () => {
    const api = anApi({ tracing: { samples: () => false } })
    const made = await api.ask('POST', '/v1/polls', { key: api.key(), body: lunch, headers: { traceparent } })
    expect(made.status).toBe(201)
    const [request] = requestsOf(api)
    expect(request?.trace).toMatchObject({ traceId, parentId: '00f067aa0ba902b7', sampled: true })
  })

  test('of anybody else is not', async () => {
    const api = anApi({ tracing: everything })
    const poll = await api.aPoll()
    await api.ask('GET', `/v1/polls/${poll.id}/results`, { headers: { traceparent } })
    const trace = requestsOf(api).at(-1)?.trace
    expect(trace?.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(trace?.traceId).not.toBe(traceId)
    expect(trace?.parentId).toBeUndefined()
  })

  test('that is none is as if it had not been sent', async () => {
    const api = anApi({ tracing: everything })
    const answer = await api.ask('GET', '/v1/polls', { key: api.key(), headers: { traceparent: 'nonsense' } })
    expect(answer.status).toBe(200)
    expect(requestsOf(api).at(-1)?.trace?.parentId).toBeUndefined()
  })
})

test('the ballots of a traced request carry its trace to their box', async () => {
  const api = anApi({ tracing: everything })
  const poll = await api.aPoll()
  expect((await api.vote(poll.id)).status).toBe(201)
  const cast = requestsOf(api).at(-1)?.trace
  const committed = api.counting.events.flatMap((event) => (event.type === 'group-committed' ? [event] : []))
  expect(committed.at(-1)?.trace).toMatchObject({ traceId: cast?.traceId, parentId: cast?.spanId })
})

test('where nothing is traced no event is part of a trace', async () => {
  const api = anApi()
  const poll = await api.aPoll()
  await api.vote(poll.id)
  expect(requestsOf(api).filter(({ trace }) => trace !== undefined)).toEqual([])
})

describe('Server-Timing', () => {
  test('tells whoever has a key how long it took', async () => {
    const api = anApi()
    for (const key of [api.key(), rootKey]) {
      const { headers } = await api.ask('GET', '/v1/polls/poll_none', { key })
      expect(headers.get('server-timing')).toMatch(/^total;dur=\d+(, [a-z0-9-]+;dur=\d+)*$/i)
    }
  })

  test('tells nobody else, nor who shows a key that is not good', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const path = `/v1/polls/${poll.id}/results`
    expect((await api.ask('GET', path)).headers.get('server-timing')).toBeNull()
    const refused = await api.ask('GET', path, { key: 'ep_live_nonsense' })
    expect([refused.status, refused.headers.get('server-timing')]).toEqual([401, null])
  })
})

test('every problem names the request that it answers', async () => {
  const api = anApi()
  const { json } = await api.ask('GET', '/v1/polls/poll_none')
  expect(json.instance).toBe(`urn:uuid:${requestsOf(api).at(-1)?.requestId}`)
})

test('whoever shows a key that is none cannot have a request kept', async () => {
  const api = anApi({ tracing: { samples: () => false } })
  await api.ask('GET', '/v1/polls', { key: 'ep_live_nonsense', headers: { traceparent } })
  expect(requestsOf(api).at(-1)?.trace?.sampled).toBe(false)
})
