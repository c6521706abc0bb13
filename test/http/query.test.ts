// What a public read takes behind its `?`: the choice of members, and nothing else.
import { describe, expect, test } from 'vitest'
import { anApi, lunch } from '../support/api.ts'
import { speaking } from '../support/speaking.ts'

describe('fields', () => {
  const asking = async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const ask = speaking(api)
    return (query: string, headers: Record<string, string> = {}, path = '') =>
      ask('GET', `/v1/polls/${poll.id}${path}?${query}`, headers)
  }

  test('a poll has the members asked for, and what identifies it', async () => {
    const ask = await asking()
    const answer = await ask('fields=title,questions(prompt,options(label))')
    expect(answer.says('poll')).toEqual({
      id: expect.stringMatching(/^poll_/),
      title: 'Lunch?',
      questions: [
        {
          id: 'where',
          prompt: 'Where?',
          options: [
            { id: 'pizza', label: 'Pizza' },
            { id: 'sushi', label: 'Sushi' },
          ],
        },
        { id: 'why', prompt: 'Why?' },
      ],
    })
  })

  test('results too', async () => {
    const ask = await asking()
    expect((await ask('fields=ballots,questions(options(votes))', {}, '/results')).says('results')).toEqual({
      pollId: expect.stringMatching(/^poll_/),
      ballots: 0,
      questions: [
        {
          id: 'where',
          options: [
            { id: 'pizza', votes: 0 },
            { id: 'sushi', votes: 0 },
          ],
        },
        { id: 'why' },
      ],
    })
  })

  test('of a ranking give the pairwise matrix, which comes only where it is named', async () => {
    const api = anApi()
    const options = ['a', 'b', 'c'].map((id) => ({ id, label: id }))
    const order = { id: 'order', type: 'ranking', prompt: 'Rank', options }
    const poll = await api.aPoll({ questions: [order, ...lunch.questions] })
    for (const ranked of [['a', 'b'], ['b', 'a', 'c'], ['c']])
      await api.vote(poll.id, `who-ranks-${ranked.join('-')}`, { order: ranked })
    await api.counting.published()
    const ask = async (fields: string, headers: Record<string, string> = {}) =>
      (await speaking(api)('GET', `/v1/polls/${poll.id}/results${fields}`, headers)).says('results')

    const pairwise = [
      { id: 'a', over: { b: 1, c: 2 } },
      { id: 'b', over: { a: 1, c: 2 } },
      { id: 'c', over: { a: 1, b: 1 } },
    ]
    const questions = [{ id: 'order', pairwise }, { id: 'where' }, { id: 'why' }]
    expect(await ask('?fields=questions(pairwise)')).toMatchObject({ questions })
    expect(await ask('?fields=questions(pairwise)', { Accept: 'application/msgpack' })).toMatchObject({
      questions,
    })
    expect(await ask('?fields=questions(pairwise(over))')).toMatchObject({ questions })
    for (const unnamed of ['', '?fields=questions', '?fields=questions(options)'])
      expect(JSON.stringify(await ask(unnamed))).not.toContain('pairwise')
  })

  test('in MessagePack as in JSON, and not in Protocol Buffers, where an unset field says nothing', async () => {
    const ask = await asking()
    for (const path of ['', '/results']) {
      const plain = await ask('fields=version', {}, path)
      const packed = await ask('fields=version', { Accept: 'application/msgpack' }, path)
      expect(packed.says('poll')).toEqual(plain.says('poll'))
      expect((await ask('fields=version', { Accept: 'application/protobuf' }, path)).status).toBe(406)
      expect(
        (
          await ask('fields=version', { Accept: 'application/protobuf, application/json;q=0.1' }, path)
        ).headers.get('content-type'),
      ).toBe('application/json')
    }
  })

  test('equal choices are one representation, others are others', async () => {
    const ask = await asking()
    const tagOf = async (fields: string) => (await ask(`fields=${fields}`)).headers.get('etag')
    const tag = await tagOf('title,questions(id,prompt)')
    expect(tag).toBe('"poll-1-open-public-json:questions(prompt)+title"')
    for (const same of [
      'questions(prompt),title',
      'title,title,id,questions(prompt,prompt)',
      'questions(prompt),questions(id),title',
    ])
      expect(await tagOf(same)).toBe(tag)
    for (const other of ['title', 'questions,title', 'title,questions(id)', 'title,questions(prompt,type)'])
      expect(await tagOf(other)).not.toBe(tag)
    const again = await ask('fields=questions(prompt),title', { 'If-None-Match': tag ?? '' })
    expect(again.status).toBe(304)
  })

  test.each([
    '',
    'nothing',
    'title,',
    ',title',
    'title(',
    'title(x)',
    'title)',
    'questions()',
    'questions(nothing)',
    'questions(id',
    'questions(id))',
    'id prompt',
    'a'.repeat(2_000),
    '__proto__',
    'constructor',
    'questions('.repeat(500),
    'pairwise',
  ])('%j is refused', async (fields) => {
    const answer = await (await asking())(`fields=${encodeURIComponent(fields)}`)
    expect([answer.status, JSON.parse(new TextDecoder().decode(answer.bytes)).code]).toEqual([
      400,
      'query-invalid',
    ])
  })

  test('lists have them for each poll', async () => {
    const api = anApi()
    await api.aPoll()
    const answer = await speaking(api)('GET', '/v1/polls?fields=title', {
      Authorization: `Bearer ${api.key()}`,
    })
    expect(answer.says('pollPage')).toEqual({
      data: [{ id: expect.any(String), title: 'Lunch?' }],
      nextCursor: null,
    })
  })
})

describe('parameters that a public read does not know', () => {
  test.each(['', '/results', '/log', '/log/checkpoint'])('are refused by name: %s', async (path) => {
    const api = anApi()
    const poll = await api.aPoll()
    const ask = speaking(api)
    for (const query of ['utm_source=x', 'Fields=title', 'fields%00=x', 'constructor=1', '__proto__=1']) {
      const answer = await ask('GET', `/v1/polls/${poll.id}${path}?${query}`)
      const problem = JSON.parse(new TextDecoder().decode(answer.bytes))
      expect([query, answer.status, problem.code]).toEqual([query, 400, 'query-invalid'])
      expect(problem.detail).toContain(decodeURIComponent(query.split('=')[0] ?? ''))
    }
    expect((await ask('GET', `/v1/polls/poll_none${path}?x=1`)).status).toBe(404)
  })

  test('nor is one given twice', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    expect((await speaking(api)('GET', `/v1/polls/${poll.id}?fields=title&fields=status`)).status).toBe(400)
  })
})
