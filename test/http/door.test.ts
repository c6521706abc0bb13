// The cheapest no, as a client sees it: an answer like any other, before anything is read or looked up.
import { describe, expect, test } from 'vitest'
import { scopes } from '../../src/application/ports.ts'
import type { Work } from '../../src/http/door.ts'
import { leftMs } from '../../src/kernel/deadline.ts'
import { Overloaded } from '../../src/kernel/unavailable.ts'
import { anApi, lunch } from '../support/api.ts'
import { expectProblem } from '../support/problems.ts'

const shut = (priority: Work['priority']) => (work: Work) => (work.priority === priority ? 3 : null)

describe('a ballot that nobody can take', () => {
  test.each([
    ['POST', '/ballots'],
    ['PUT', '/ballots/mine'],
    ['POST', '/ballots?fields=id'],
  ])('by %s …%s is answered 503 with a time, in full', async (method, path) => {
    const api = anApi()
    const poll = await api.aPoll()
    api.door = shut('ballots')
    const answer = await api.ask(method, `/v1/polls/${poll.id}${path}`, {
      headers: { 'Voter-Id': 'a-voter-of-these-tests' },
      body: { answers: { where: ['pizza'] } },
    })
    expectProblem(answer, 503, 'overloaded')
    expect(answer.headers.get('retry-after')).toBe('3')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('x-request-id')).toBe(`req_${answer.json.instance.slice('urn:uuid:'.length)}`)
    expect(answer.json.type).toBe('https://edge.test/problems/overloaded')
  })

  test('is turned away for the poll it is for, and nothing of it is read', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    const asked: Work[] = []
    api.door = (work) => {
      asked.push(work)
      return 1
    }
    const answer = await api.ask('POST', `/v1/polls/${poll.id}/ballots`, {
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer nonsense' },
      body: '{"answers"',
    })
    expectProblem(answer, 503, 'overloaded')
    expect(asked).toEqual([{ priority: 'ballots', pollId: poll.id, plan: null }])
    expect(api.counting.events.filter(({ type }) => type === 'request')).toHaveLength(1) // the poll's making
  })

  test('leaves everything else to come in', async () => {
    const api = anApi()
    const poll = await api.aPoll()
    api.door = shut('ballots')
    const reads = ['', '/results', '/ballots/mine', '/log/checkpoint'].map((path) =>
      api.ask('GET', `/v1/polls/${poll.id}${path}`, { headers: { 'Voter-Id': 'a-voter-of-these-tests' } }),
    )
    expect((await Promise.all(reads)).map(({ status }) => status)).toEqual([200, 200, 404, 200])
    expect((await api.ask('GET', '/readyz')).status).toBe(200)
  })
})

describe('what an owner asks', () => {
  test.each<[string, string, Work['priority']]>([
    ['GET', '/v1/polls', 'lists'],
    ['GET', '/v1/usage', 'lists'],
    ['POST', '/v1/polls', 'owner-writes'],
    ['PATCH', '/v1/polls/poll_x', 'owner-writes'],
    ['POST', '/v1/polls/poll_x/open', 'owner-writes'],
    ['POST', '/v1/polls/poll_x/archive', 'owner-writes'],
    ['POST', '/v1/polls/poll_x/invites', 'owner-writes'],
    ['POST', '/v1/polls/poll_x/close', 'close'],
    ['DELETE', '/v1/polls/poll_x', 'close'],
    ['DELETE', '/v1/polls/poll_x/ballots/bal_x', 'close'],
    ['GET', '/v1/polls/poll_x/ballots', 'lists'],
    ['GET', '/v1/polls/poll_x/ballots/bal_x', 'lists'],
    ['GET', '/v1/polls/poll_x/invites', 'lists'],
    ['GET', '/v1/polls/poll_x/questions/why/texts', 'lists'],
    ['GET', '/v1/polls/poll_x/export', 'exports'],
  ])('by %s %s is of the class %s, and knows whose it is', async (method, path, priority) => {
    const api = anApi()
    const asked: Work[] = []
    api.door = (work) => {
      asked.push(work)
      return 7
    }
    const answer = await api.ask(method, path, {
      key: api.key('ws_first', scopes, 'free'),
      ...(method === 'POST' && { body: lunch }),
    })
    expectProblem(answer, 503, 'overloaded')
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(asked).toEqual([{ priority, pollId: null, plan: 'free' }])
  })

  test('is refused with 401 first, where the key is none', async () => {
    const api = anApi()
    api.door = () => 1
    expectProblem(await api.ask('GET', '/v1/polls', { key: 'nonsense' }), 401, 'key-invalid')
  })
})

test.each(['/livez', '/readyz', '/v1/polls/poll_x/results', '/problems/overloaded', '/p/poll_x'])(
  '%s is never turned away at the door',
  async (path) => {
    const api = anApi()
    api.door = () => 1
    expect((await api.ask('GET', path)).status).not.toBe(503)
  },
)

test('a request has ten seconds, and everything it asks of others knows how many are left', async () => {
  const api = anApi()
  const poll = await api.aPoll()
  const left: number[] = []
  const { readPoll } = api.services
  Object.assign(api.services, {
    readPoll: (...asked: Parameters<typeof readPoll>) => {
      left.push(leftMs(asked[1], api.services.clock))
      return readPoll(...asked)
    },
  })
  await api.vote(poll.id)
  expect(left).toEqual([10_000])
})

test('a dependency that has too much to do is told like the door: nothing was done', async () => {
  const api = anApi()
  const poll = await api.aPoll()
  Object.assign(api.services, {
    readPoll: () => Promise.reject(new Overloaded('the scoreboard', 2)),
  })
  const answer = await api.vote(poll.id)
  expectProblem(answer, 503, 'overloaded')
  expect(answer.headers.get('retry-after')).toBe('2')
})
