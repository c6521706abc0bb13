// Results over time and by country, as owners read them.
import { describe, expect, test } from 'vitest'
import { anApi } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

const hour = 3_600_000

const stars = {
  questions: [
    {
      id: 'where',
      type: 'choice',
      prompt: 'Where?',
      options: [
        { id: 'pizza', label: 'P' },
        { id: 'sushi', label: 'S' },
      ],
    },
    { id: 'stars', type: 'rating', prompt: 'How?', scale: 3 },
    { id: 'why', type: 'text', prompt: 'Why?' },
  ],
}

describe('a timeline', () => {
  test('says when ballots were cast, by the hour unless asked otherwise', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    await api.vote(poll.id, 'ann')
    await api.vote(poll.id, 'ben')
    await api.counting.time.advance(3 * hour)
    await api.vote(poll.id, 'cem')
    await api.counting.archived()
    const path = `/v1/polls/${poll.id}/results/timeline`
    const whole = await api.ask('GET', path, { key: api.key() })
    expect(whole.status, whole.text).toBe(200)
    expect(whole.json).toMatchObject({ pollId: poll.id, interval: 'hour', nextCursor: null })
    expect(whole.json.data.map(({ ballots }: { ballots: number }) => ballots)).toEqual([2, 1])
    const [first, second] = whole.json.data.map(({ at }: { at: string }) => Date.parse(at))
    expect([first % hour, second - first]).toEqual([0, 3 * hour])
    expect(whole.headers.get('edgepoll-archived')).toBe('3/3')
    const minutes = await api.ask('GET', `${path}?interval=minute`, { key: api.key() })
    expect(minutes.json.data).toHaveLength(2)
  })

  test('comes in pages, and between two times', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    for (const voter of ['ann', 'ben', 'cem']) {
      await api.vote(poll.id, voter)
      await api.counting.time.advance(hour)
    }
    await api.counting.archived()
    const path = `/v1/polls/${poll.id}/results/timeline`
    const key = api.key()
    const first = await api.ask('GET', `${path}?limit=2`, { key })
    expect(first.json.data).toHaveLength(2)
    const second = await api.ask('GET', `${path}?limit=2&cursor=${first.json.nextCursor}`, { key })
    expect(second.json.data).toHaveLength(1)
    expect(second.json.nextCursor).toBeNull()
    expect(first.headers.get('link')).toContain('rel="next"')
    const at = second.json.data[0].at
    const later = await api.ask('GET', `${path}?from=${at}`, { key })
    expect(later.json.data).toEqual(second.json.data)
    const before = await api.ask('GET', `${path}?to=${at}`, { key })
    expect(before.json.data).toEqual(first.json.data)
  })

  test.each([
    'interval=week',
    'from=yesterday',
    'to=2026-13-01T00:00:00Z',
    'limit=0',
    'cursor=x',
    'by=option',
    'limit=1001',
  ])('?%s is refused', async (query) => {
    const api = anApi()
    const poll = await api.aPoll()
    const answer = await api.ask('GET', `/v1/polls/${poll.id}/results/timeline?${query}`, { key: api.key() })
    expectProblem(answer, 400, 'query-invalid')
  })
})

describe('a breakdown', () => {
  const cast = async (api: ReturnType<typeof anApi>, pollId: string) => {
    await api.vote(pollId, 'ann', { where: ['pizza'], stars: 3, why: 'near' } as never)
    await api.vote(pollId, 'ben', { where: ['sushi'] })
    await api.counting.archived()
  }

  test('by country has each with what was answered there', async () => {
    const api = anApi()
    const poll = await api.aPoll(stars)
    await cast(api, poll.id)
    const { json, headers } = await api.ask('GET', `/v1/polls/${poll.id}/results/breakdown`, {
      key: api.key(),
    })
    expect(json.data).toEqual([
      {
        country: null,
        ballots: 2,
        questions: [
          {
            id: 'where',
            options: [
              { id: 'pizza', votes: 1 },
              { id: 'sushi', votes: 1 },
            ],
          },
          {
            id: 'stars',
            options: [
              { id: '1', votes: 0 },
              { id: '2', votes: 0 },
              { id: '3', votes: 1 },
            ],
          },
        ],
      },
    ])
    expect(headers.get('edgepoll-archived')).toBe('2/2')
  })

  test('by option has each with where it came from', async () => {
    const api = anApi()
    const poll = await api.aPoll(stars)
    await cast(api, poll.id)
    const path = `/v1/polls/${poll.id}/results/breakdown?by=option`
    const { json } = await api.ask('GET', path, { key: api.key() })
    expect(json.data.slice(0, 3)).toEqual([
      { questionId: 'where', optionId: 'pizza', votes: 1, countries: [{ country: null, votes: 1 }] },
      { questionId: 'where', optionId: 'sushi', votes: 1, countries: [{ country: null, votes: 1 }] },
      { questionId: 'stars', optionId: '1', votes: 0, countries: [] },
    ])
  })

  test('of nothing is empty, and by anything else refused', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const path = `/v1/polls/${poll.id}/results/breakdown`
    expect((await api.ask('GET', path, { key: api.key() })).json.data).toEqual([])
    expectProblem(await api.ask('GET', `${path}?by=age`, { key: api.key() }), 400, 'query-invalid')
  })
})
