// Which of several refusals a request gets: key, poll, scope, body, voter, ballot, in that order.
import { describe, expect, test } from 'vitest'
import { anApi } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

describe('which no comes first', () => {
  const bad = { body: '{', headers: { 'Content-Type': 'application/json' } }

  test('a key that is not valid, on every path, also on one that is not there', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const path of [`/v1/polls/${poll.id}`, '/v1/polls/poll_none', '/v1/nothing', '/livez'])
      expectProblem(await api.ask('GET', path, { key: 'nonsense' }), 401, 'key-invalid')
    expect((await api.ask('GET', '/livez', { key: 'nonsense' })).headers.get('www-authenticate')).toContain(
      'Bearer',
    )
  })

  test('a missing key before a missing poll and a bad body', async () => {
    const api = anApi()
    expectProblem(await api.ask('POST', '/v1/polls', bad), 401, 'key-required')
    expectProblem(await api.ask('POST', '/v1/polls/poll_none/close'), 401, 'key-required')
    expectProblem(await api.ask('DELETE', '/v1/polls/poll_none'), 401, 'key-required')
    expectProblem(await api.ask('POST', '/v1/polls/poll_none/invites', bad), 401, 'key-required')
  })

  test('a missing poll before a key that may not', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const reader = api.key('ws_first', ['polls:read'])
    const stranger = api.key('ws_other', ['polls:read'])
    expectProblem(await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: reader }), 403, 'scope-missing')
    expectProblem(await api.ask('POST', '/v1/polls/poll_none/close', { key: reader }), 404, 'poll-not-found')
    expectProblem(
      await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: stranger }),
      404,
      'poll-not-found',
    )
    expectProblem(await api.ask('DELETE', '/v1/polls/poll_none', { key: reader }), 404, 'poll-not-found')
    expectProblem(await api.ask('GET', '/v1/polls/poll_none/export', { key: reader }), 404, 'poll-not-found')
  })

  test('a missing poll before a bad body', async () => {
    const api = anApi()
    expectProblem(await api.ask('POST', '/v1/polls/poll_none/ballots', bad), 404, 'poll-not-found')
    expectProblem(await api.ask('PUT', '/v1/polls/poll_none/ballots/mine', bad), 404, 'poll-not-found')
    expectProblem(
      await api.ask('POST', '/v1/polls/poll_none/invites', { ...bad, key: api.key() }),
      404,
      'poll-not-found',
    )
  })

  test('a key that may not before a bad body', async () => {
    const api = anApi()
    const key = api.key('ws_first', ['polls:read'])
    expectProblem(await api.ask('POST', '/v1/polls', { ...bad, key }), 403, 'scope-missing')
  })

  test('a bad body before a ballot that does not fit', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const path = `/v1/polls/${poll.id}/ballots`
    expectProblem(await api.ask('POST', path, bad), 400, 'body-malformed')
    expectProblem(await api.ask('POST', path, { body: { answers: 5 } }), 422, 'ballot-invalid')
  })

  test('a voter who may not vote before a ballot that does not fit', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    expectProblem(
      await api.ask('POST', `/v1/polls/${poll.id}/ballots`, { body: { answers: {} } }),
      400,
      'voter-id-required',
    )
  })

  test('a ballot that does not fit before one that comes too late', async () => {
    const api = anApi()
    const poll = await api.aPoll({ closesAt: '2026-11-24T12:00:01Z' })
    await api.counting.time.advance(2_000)
    expectProblem(await api.vote(poll.id, undefined, { where: ['nowhere'] }), 422, 'ballot-invalid')
    expectProblem(await api.vote(poll.id), 409, 'poll-closed')
  })
})
