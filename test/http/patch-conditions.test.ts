// A change of a poll goes by the version its owner has seen: If-Match is asked for, and an old one changes nothing.
import { describe, expect, test } from 'vitest'
import { type Api, anApi, lunch } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

const stand = async () => {
  const api = anApi()
  const key = api.key()
  const { id } = await api.aPoll()
  const path = `/v1/polls/${id}`
  return { api, key, id, path, read: () => api.ask('GET', path, { key }), change: changing(api, path, key) }
}

const changing = (api: Api, path: string, key: string) => (ifMatch: string | null, body: object) =>
  api.ask('PATCH', path, { key, headers: ifMatch === null ? {} : { 'If-Match': ifMatch }, body })

const dinner = { title: 'Dinner?' }

describe('a change of a poll', () => {
  test('without If-Match is refused, and nothing is changed', async () => {
    const { change, read } = await stand()
    expectProblem(await change(null, dinner), 428, 'precondition-required')
    expect((await read()).json).toMatchObject({ title: 'Lunch?', version: 1 })
  })

  test('that names the version there is gives the next one, with its tag', async () => {
    const { change, read } = await stand()
    const changed = await change((await read()).headers.get('etag'), dinner)
    expect([changed.status, changed.json.title, changed.json.version]).toEqual([200, 'Dinner?', 2])
    expect(changed.headers.get('etag')).toBe('"poll-2-json"')
    expect(changed.headers.get('cache-control')).toBe('no-store')
    const next = await change(changed.headers.get('etag'), { title: 'Supper?' })
    expect([next.status, next.headers.get('etag')]).toEqual([200, '"poll-3-json"'])
    expect((await read()).json).toMatchObject({ title: 'Supper?', version: 3 })
  })

  test.each([
    ['as it was', '"poll-1-json"'],
    ['weakened by a proxy', 'W/"poll-1-json"'],
    ['of another format', '"poll-1-msgpack"'],
    ['of no format', '"poll-1"'],
    ['among others', '"poll-7-json", W/"poll-1-json"'],
    ['as whatever there is', '*'],
  ])('takes the tag %s: %s', async (_how, tag) => {
    const { change } = await stand()
    expect((await change(tag, dinner)).status).toBe(200)
  })

  test.each([
    ['as it was', '"poll-1-json"'],
    ['weakened by a proxy', 'W/"poll-1-json"'],
    ['of another format', '"poll-1-protobuf"'],
    ['beside others', '"poll-1-json", "poll-9-json"'],
    ['of results', '"results-2-json"'],
    ['that is none', 'poll-2-json'],
    ['of nothing', ''],
  ])('refuses an old tag or none, %s: %s', async (_how, tag) => {
    const { change, read } = await stand()
    expect((await change('*', dinner)).status).toBe(200)
    expectProblem(await change(tag, { title: 'Supper?' }), 412, 'version-changed')
    expect((await read()).json).toMatchObject({ title: 'Dinner?', version: 2 })
  })

  test('of two that have seen the same is done once', async () => {
    const { change, read } = await stand()
    const tag = (await read()).headers.get('etag')
    const both = await Promise.all([change(tag, dinner), change(tag, { title: 'Supper?' })])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
    expect((await read()).json.version).toBe(2)
  })
})

describe('once a ballot was counted', () => {
  const [where, why] = lunch.questions
  const more = { questions: [where, { ...why, prompt: 'Why there?' }] }

  test('questions are frozen, under whatever tag, and the rest is not', async () => {
    const { api, id, change, read } = await stand()
    expect((await change('*', more)).status).toBe(200)
    expect((await api.vote(id)).status).toBe(201)
    await api.counting.published()
    // Boxes that were asked to hold count on under a new version, so each refusal gives the poll another tag.
    const tag = async () => (await read()).headers.get('etag')
    expectProblem(await change('*', { questions: lunch.questions }), 409, 'questions-frozen')
    expectProblem(await change(await tag(), { questions: lunch.questions }), 409, 'questions-frozen')
    const changed = await change(await tag(), dinner)
    expect([changed.status, changed.json.title, changed.json.questions[1].prompt]).toEqual([
      200,
      'Dinner?',
      'Why there?',
    ])
  })

  test('an old tag is said first: whoever has not seen the poll does not know its questions', async () => {
    const { api, id, change } = await stand()
    expect((await change('*', dinner)).status).toBe(200)
    await api.vote(id)
    await api.counting.published()
    expectProblem(await change('"poll-1-json"', more), 412, 'version-changed')
  })
})
