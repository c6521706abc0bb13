// What is held about a voter, and its erasure, by the name each kind of poll knows them by; and by no other.
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { type Api, anApi, type PollDocument } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

const voterId = 'voter-of-these-tests'

const asked = (api: Api, what: 'erase' | 'export', pollId: string, body: unknown, key = api.key()) =>
  api.ask('POST', `/v1/polls/${pollId}/voters/${what}`, { key, body })

const castBy = async (
  api: Api,
  { id }: PollDocument,
  beside: object,
  headers: Record<string, string> = {},
) => {
  const body = { answers: { where: ['pizza'], why: 'my reason' }, ...beside }
  const cast = await api.ask('POST', `/v1/polls/${id}/ballots`, { headers, body })
  expect(cast.status, cast.text).toBe(201)
  return cast.json.id as string
}

const exported = async (api: Api, pollId: string, body: object) => {
  const answer = await asked(api, 'export', pollId, body)
  expect(answer.status, answer.text).toBe(200)
  return answer.json.ballots
}

const erased = async (api: Api, pollId: string, body: object) =>
  (await asked(api, 'erase', pollId, body)).json.erased

describe('a voter is named', () => {
  test('by their id, where polls count sessions', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const id = await castBy(api, poll, {}, { 'Voter-Id': voterId })
    await castBy(api, poll, {}, { 'Voter-Id': 'somebody-else-entirely' })
    const [held, ...others] = await exported(api, poll.id, { voterId })
    expect(others).toEqual([])
    expect(held).toMatchObject({ id, answers: { where: ['pizza'], why: 'my reason' }, country: null })
    expect(held.revisions).toMatchObject([{ revision: 1, castAt: '2026-11-24T12:00:00.000Z' }])
    expect(await erased(api, poll.id, { voterId })).toBe(1)
    expect(await erased(api, poll.id, { voterId })).toBe(0)
    expect(await exported(api, poll.id, { voterId })).toMatchObject([{ id, answers: null, country: null }])
    await api.counting.published()
    const results = await api.ask('GET', `/v1/polls/${poll.id}/results`, {
      key: api.key(),
      headers: { 'Cache-Control': 'no-cache' },
    })
    expect(results.json.ballots).toBe(1)
  })

  test('by their invite, its code or its serial, also when it is revoked', async () => {
    const api = anApi()
    const poll = await api.aPoll({ dedupe: { by: 'invite' } })
    const issued = await api.ask('POST', `/v1/polls/${poll.id}/invites`, {
      key: api.key(),
      body: { count: 2 },
    })
    const [inviteCode] = issued.json.codes
    const id = await castBy(api, poll, { inviteCode })
    await api.ask('DELETE', `/v1/polls/${poll.id}/invites/1`, { key: api.key() })
    expect(await exported(api, poll.id, { inviteCode })).toMatchObject([{ id }])
    expect(await exported(api, poll.id, { inviteSerial: 2 })).toEqual([])
    expect(await erased(api, poll.id, { inviteSerial: 1 })).toBe(1)
    expectProblem(await asked(api, 'erase', poll.id, { inviteCode: '0000' }), 422, 'voter-invalid')
  })

  test('by the subject of their tokens', async () => {
    const api = anApi()
    const secret = 'a-secret-of-the-owner-that-is-long-enough'
    const poll = await api.aPoll({ dedupe: { by: 'account', keys: [{ kid: 'k', alg: 'HS256', secret }] } })
    const voterToken = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: 'k' })
      .setSubject('ann')
      .setAudience(poll.id)
      .setExpirationTime(new Date(api.counting.time.clock.now() + 3_600_000_000))
      .sign(new TextEncoder().encode(secret))
    await castBy(api, poll, { voterToken })
    expect(await erased(api, poll.id, { subject: 'bob' })).toBe(0)
    expect(await erased(api, poll.id, { subject: 'ann' })).toBe(1)
  })

  test('by their id among those behind one address, in whatever box, and never by the address', async () => {
    const api = anApi()
    const poll = await api.aPoll({ dedupe: { by: 'ip', limit: 5 } })
    const from = (address: string, voter: string) =>
      castBy(api, poll, {}, { 'CF-Connecting-IP': address, 'Voter-Id': voter })
    const mine = [await from('192.0.2.7', voterId), await from('198.51.100.9', voterId)]
    await from('192.0.2.7', 'a-sibling-in-the-house')
    const found = await exported(api, poll.id, { voterId })
    expect(found.map(({ id }: { id: string }) => id).toSorted()).toEqual(mine.toSorted())
    expect(await erased(api, poll.id, { voterId })).toBe(2)
    const refusal = await asked(api, 'erase', poll.id, { address: '192.0.2.7' })
    expectProblem(refusal, 422, 'voter-invalid')
    expect(refusal.json.errors[0]).toMatchObject({ pointer: '/address' })
  })

  test('after the close too, and then nothing of them is left', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    await castBy(api, poll, {}, { 'Voter-Id': voterId })
    await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: api.key() })
    expect(await erased(api, poll.id, { voterId })).toBe(1)
    expect(await exported(api, poll.id, { voterId })).toEqual([])
  })
})

describe('it is refused', () => {
  test('where the body names nobody, two, or somebody the poll does not know', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const body of [
      {},
      { voterId, subject: 'ann' },
      { subject: 'ann' },
      { inviteSerial: 1 },
      { voterId: 'x' },
      { who: 1 },
      5,
    ])
      for (const what of ['erase', 'export'] as const)
        expectProblem(await asked(api, what, poll.id, body), 422, 'voter-invalid')
  })

  test('to strangers and to keys without the scope', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    expectProblem(
      await asked(api, 'export', poll.id, { voterId }, api.key('ws_other')),
      404,
      'poll-not-found',
    )
    const writer = api.key('ws_first', ['polls:write'])
    expectProblem(await asked(api, 'export', poll.id, { voterId }, writer), 403, 'scope-missing')
    const reader = api.key('ws_first', ['ballots:read'])
    expectProblem(await asked(api, 'erase', poll.id, { voterId }, reader), 403, 'scope-missing')
    expectProblem(
      await api.ask('POST', `/v1/polls/${poll.id}/voters/erase`, { body: {} }),
      401,
      'key-required',
    )
  })
})
