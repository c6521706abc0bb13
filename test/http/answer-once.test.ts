// An owner's POST with an Idempotency-Key: done once, and every repeat gets the first answer.
import { describe, expect, test } from 'vitest'
import { claimMs, keptMs } from '../../src/application/first-answer-ports.ts'
import { scopes } from '../../src/application/ports.ts'
import { ownerWrites } from '../../src/http/owner-writes.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { type Answer, type Api, anApi, rootKey } from '../support/api.ts'
import { orderOf, send } from '../support/owner-orders.ts'
import { expectProblem } from '../support/problems.ts'
import { parametersOf, pathOf, things } from '../support/route-table.ts'

const posts = ownerWrites
  .filter(({ method }) => method === 'POST')
  .map(({ method, path }) => `${method} ${path}`)
const named = { 'Idempotency-Key': 'the-first-time' }

describe.each(posts)('%s', (route) => {
  test('is done once: a repeat gets the same answer, to the byte', async () => {
    const api = anApi()
    const order = await orderOf(route, api)
    const first = await send(api, route, order, named)
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    const done = api.keys.log.entries.length
    await api.counting.time.advance(10_000)
    const again = await send(api, route, order, { 'Idempotency-Key': '"the-first-time"' })
    expect(seen(again)).toEqual(seen(first))
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(api.keys.log.entries.length).toBe(done)
  })

  test('with other content under the same key is refused', async () => {
    const api = anApi()
    const order = await orderOf(route, api)
    await send(api, route, order, named)
    const body = order.body === undefined ? { other: true } : { ...Object(order.body), ...other[route] }
    expectProblem(await send(api, route, { ...order, body }, named), 422, 'idempotency-key-reused')
  })

  test('asks for a key of 1 to 255 visible characters, once the caller may', async () => {
    const api = anApi()
    const order = await orderOf(route, api)
    const strange = { 'Idempotency-Key': 'x'.repeat(256) }
    expectProblem(await send(api, route, order, strange), 400, 'header-invalid')
    const { key: _none, ...nobodys } = order
    const answer = await api.ask('POST', nobodys.path, { body: nobodys.body, headers: strange })
    expectProblem(answer, 401, 'key-required')
    const ids = Object.fromEntries(parametersOf(route).map((name) => [name, things[name]?.missing ?? '']))
    if (order.key === rootKey || Object.keys(ids).length === 0) return
    const nowhere = await send(api, route, { ...order, path: pathOf(route, ids) }, strange)
    expect(nowhere.status).toBe(404)
  })
})

/** What makes another valid order of each body. */
const other: Readonly<Record<string, object>> = {
  'POST /v1/keys': { name: 'Yet another' },
  'POST /v1/keys/:keyId/rotate': { overlapSeconds: 61 },
  'POST /v1/webhooks': { url: 'https://example.org/' },
  'POST /v1/webhooks/:webhookId/rotate': { overlapSeconds: 61 },
  'POST /v1/polls': { title: 'Dinner?' },
  'POST /v1/polls/:pollId/invites': { count: 4 },
  'POST /v1/polls/:pollId/voters/erase': { voterId: 'another-voter-of-these' },
  'POST /v1/polls/:pollId/voters/export': { voterId: 'another-voter-of-these' },
  'POST /v1/workspaces': { name: 'Ajax' },
}

describe('a repeat', () => {
  const issue = (api: Api, key: string, body: object = aKey, headers: Record<string, string> = named) =>
    api.ask('POST', '/v1/keys', { key, body, headers })

  test('while the first is under way is refused, and gets its answer afterwards', async () => {
    const { api, key, open } = held()
    const first = issue(api, key)
    await expect.poll(() => api.answers.redis.rows.size).toBe(1)
    expectProblem(await issue(api, key), 409, 'idempotency-key-in-flight')
    open()
    const answer = await first
    expect(seen(await issue(api, key))).toEqual(seen(answer))
  })

  test('of a crashed request is done once its claim has ended', async () => {
    const { api, key } = held()
    void issue(api, key)
    await expect.poll(() => api.answers.redis.rows.size).toBe(1)
    await api.counting.time.advance(claimMs - 1)
    expectProblem(await issue(api, key), 409, 'idempotency-key-in-flight')
    await api.counting.time.advance(1)
    void issue(api, key)
    await expect
      .poll(() => api.answers.redis.rows.values().next().value?.claim.at)
      .toBe(api.services.clock.now())
  })

  test('of a request that failed is done: nothing of a failure is kept', async () => {
    const api = anApi()
    const key = api.key()
    const { add } = api.keys.book
    api.keys.book.add = () => Promise.reject(new Unavailable('postgres'))
    expectProblem(await issue(api, key), 503, 'unavailable')
    api.keys.book.add = add
    const done = await issue(api, key)
    expect([done.status, done.headers.get('idempotency-replayed')]).toEqual([201, null])
  })

  describe('of a request that was done and whose answer was lost', () => {
    const webhook = { url: 'https://example.com/hook', events: ['poll.closed'] }
    /** Once, what the method does is done and its answer does not come. */
    const loseAnswer = <Name extends string>(port: Record<Name, Method>, name: Name) => {
      const whole = port[name]
      port[name] = (...order) => {
        port[name] = whole
        return whole(...order).then(() => Promise.reject(new Unavailable('postgres')))
      }
    }
    const twice = async (ask: () => Promise<Answer>) => {
      expectProblem(await ask(), 503, 'unavailable')
      return ask()
    }

    /** Makes a key whose answer is lost; answers its id. */
    const lose = async (api: Api, key: string): Promise<string> => {
      const before = new Set(api.keys.rows.keys())
      loseAnswer(api.keys.book, 'add')
      expectProblem(await issue(api, key), 503, 'unavailable')
      const [lost = ''] = [...api.keys.rows.keys()].filter((id) => !before.has(id))
      return lost
    }

    test('shows the key that was made, with its secret, and makes and notes no other', async () => {
      const api = anApi()
      const key = api.key()
      const before = api.keys.rows.size
      loseAnswer(api.keys.book, 'add')
      const again = await twice(() => issue(api, key))
      expect(again.status).toBe(201)
      expect(api.keys.rows.size).toBe(before + 1)
      expect(api.keys.log.entries).toHaveLength(1)
      const { apiKey } = again.json as { apiKey: string }
      expect((await api.ask('GET', '/v1/polls', { key: apiKey })).status).toBe(200)
    })

    test('shows the key that replaced the old one', async () => {
      const api = anApi()
      const key = api.key()
      const made = (await issue(api, key)).json as { id: string; apiKey: string }
      const use = () => api.ask('GET', '/v1/polls', { key: made.apiKey })
      expect((await use()).status).toBe(200) // it is remembered now
      const before = api.keys.rows.size
      const body = { overlapSeconds: 0 }
      const rotate = () => api.ask('POST', `/v1/keys/${made.id}/rotate`, { key, body, headers: named })
      loseAnswer(api.keys.book, 'rotate')
      const again = await twice(rotate)
      expect(again.status).toBe(201)
      expect(api.keys.rows.size).toBe(before + 1)
      expect(api.keys.rows.get(made.id)?.replacedBy).toBe((again.json as { id: string }).id)
      expectProblem(await use(), 401, 'key-invalid')
    })

    test('replaces a key once: whoever asks for another end of the old one is told that it is over', async () => {
      const api = anApi()
      const key = api.key()
      const made = (await issue(api, key)).json as { id: string }
      const rotate = (overlapSeconds: number) =>
        api.ask('POST', `/v1/keys/${made.id}/rotate`, { key, body: { overlapSeconds }, headers: named })
      loseAnswer(api.keys.book, 'rotate')
      expectProblem(await rotate(86_400), 503, 'unavailable')
      expectProblem(await rotate(0), 409, 'key-over')
    })

    test('answers the webhook that was made', async () => {
      const api = anApi()
      const key = api.key()
      const create = () => api.ask('POST', '/v1/webhooks', { key, body: webhook, headers: named })
      loseAnswer(api.webhooks.book, 'add')
      const again = await twice(create)
      expect(again.status).toBe(201)
      const list = (await api.ask('GET', '/v1/webhooks', { key })).json as { data: { id: string }[] }
      expect(list.data.map(({ id }) => id)).toEqual([(again.json as { id: string }).id])
    })

    test('makes another with other content, as the key of a request that failed is free', async () => {
      const api = anApi()
      const key = api.key()
      await lose(api, key)
      const before = api.keys.rows.size
      expect((await issue(api, key, { ...aKey, name: 'Another' })).status).toBe(201)
      expect(api.keys.rows.size).toBe(before + 1)
    })

    test('shows no key that is over: whoever revoked the one that nobody had gets another', async () => {
      const api = anApi()
      const key = api.key()
      const lost = await lose(api, key)
      expect((await api.ask('DELETE', `/v1/keys/${lost}`, { key })).status).toBe(204)
      const { apiKey } = (await issue(api, key)).json as { apiKey: string }
      expect((await api.ask('GET', '/v1/polls', { key: apiKey })).status).toBe(200)
    })

    test('is the same request’s whatever became of the key since', async () => {
      const api = anApi()
      const key = api.key()
      const lost = await lose(api, key)
      await api.ask('PATCH', `/v1/keys/${lost}`, { key, body: { name: 'Renamed' } })
      expect((await issue(api, key)).json).toMatchObject({ id: lost, name: 'Renamed' })
    })

    test('is nobody else’s: another key of the workspace draws another', async () => {
      const api = anApi()
      const [one, other] = [api.key(), api.key()]
      const first = (await issue(api, one)).json as { id: string }
      const second = (await issue(api, other)).json as { id: string }
      expect(second.id).not.toBe(first.id)
    })

    test('is another’s once a day has passed: the Idempotency-Key is free then', async () => {
      const api = anApi()
      const key = api.key()
      const first = (await issue(api, key)).json as { id: string }
      for (const store of [api.answers.redis, api.answers.postgres]) store.rows.clear()
      await api.counting.time.advance(24 * 60 * 60_000)
      const second = (await issue(api, key)).json as { id: string }
      expect(second.id).not.toBe(first.id)
    })
  })

  test('of a request that was refused may be mended under the same key', async () => {
    const api = anApi()
    const key = api.key()
    expectProblem(await issue(api, key, { name: '' }), 422, 'key-draft-invalid')
    expect((await issue(api, key)).status).toBe(201)
  })

  test('is known for a day and no longer', async () => {
    const api = anApi()
    const key = api.key()
    const first = await issue(api, key)
    await api.counting.time.advance(keptMs - 1)
    expect((await issue(api, key)).json.id).toBe(first.json.id)
    await api.counting.time.advance(1)
    expect((await issue(api, key)).json.id).not.toBe(first.json.id)
  })

  test('is of one API key and one route: elsewhere the same Idempotency-Key is another', async () => {
    const api = anApi()
    const [one, two] = [api.key(), api.key()]
    const ids = [await issue(api, one), await issue(api, two), await issue(api, api.key('ws_other'))].map(
      ({ json }) => json.id,
    )
    expect(new Set(ids).size).toBe(3)
    const poll = await api.aPoll()
    const closed = await api.ask('POST', `/v1/polls/${poll.id}/close`, { key: one, headers: named })
    expect([closed.status, closed.headers.get('idempotency-replayed')]).toEqual([200, null])
  })

  test('of an order for another thing of the same route is refused', async () => {
    const api = anApi()
    const key = api.key()
    const [one, two] = [await api.aPoll(), await api.aPoll()]
    const open = (id: string) => api.ask('POST', `/v1/polls/${id}/open`, { key, headers: named })
    expect((await open(one.id)).status).toBe(200)
    expectProblem(await open(two.id), 422, 'idempotency-key-reused')
  })

  test('gets invite codes as they were written, whatever it accepts', async () => {
    const api = anApi()
    const key = api.key()
    const poll = await api.aPoll({ dedupe: { by: 'invite' } })
    const ask = (accept: string) =>
      api.ask('POST', `/v1/polls/${poll.id}/invites`, {
        key,
        body: { count: 2 },
        headers: { ...named, Accept: accept },
      })
    const first = await ask('text/csv')
    expect(first.text).toMatch(/^serial,code\r\n/)
    expect(seen(await ask('application/json'))).toEqual(seen(first))
  })
})

describe('what is kept', () => {
  const issue = (api: Api, key: string) => api.ask('POST', '/v1/keys', { key, body: aKey, headers: named })
  const kept = (api: Api) => [api.answers.redis, api.answers.postgres].map(({ rows }) => [...rows.values()])

  test('is in both stores, and in neither to be read', async () => {
    const api = anApi()
    const { json } = await issue(api, api.key())
    for (const rows of kept(api)) {
      expect(rows.map(({ sealed }) => typeof sealed)).toEqual(['string'])
      const written =
        JSON.stringify(rows) + Buffer.from(rows[0]?.sealed ?? '', 'base64url').toString('latin1')
      for (const secret of [json.apiKey, json.apiKey.split('_')[3], json.id, named['Idempotency-Key']])
        expect(written).not.toContain(secret)
    }
  })

  test.each(['redis', 'postgres'] as const)(
    'is honoured by the other while %s is away, before and after',
    async (away) => {
      const api = anApi()
      const key = api.key()
      const first = await issue(api, key)
      api.answers[away].away = true
      expect(seen(await issue(api, key))).toEqual(seen(first))

      const second = { ...named, 'Idempotency-Key': 'the-second-time' }
      const ask = () => api.ask('POST', '/v1/keys', { key, body: aKey, headers: second })
      const while_ = await ask()
      expect(seen(await ask())).toEqual(seen(while_))
      api.answers[away].away = false
      expect(seen(await ask())).toEqual(seen(while_))
    },
  )

  test('nowhere, because both are away: nothing is done', async () => {
    const api = anApi()
    const key = api.key()
    for (const store of [api.answers.redis, api.answers.postgres]) store.away = true
    const before = api.keys.rows.size
    expectProblem(await issue(api, key), 503, 'unavailable')
    expect(api.keys.rows.size).toBe(before)
    const poll = await api.ask('POST', '/v1/polls', { key, body: { title: 'x', questions }, headers: named })
    expect(poll.status).toBe(201) // it knows its own repeats
  })

  test('by no store, though it is done: it is answered, and told as an event', async () => {
    const { api, key, open } = held()
    const first = issue(api, key)
    await expect.poll(() => api.answers.redis.rows.size).toBe(1)
    for (const store of [api.answers.redis, api.answers.postgres]) store.away = true
    open()
    expect((await first).status).toBe(201)
    expect(api.counting.events.filter(({ type }) => type === 'answer-unkept')).toHaveLength(1)
  })
})

// biome-ignore lint/suspicious/noExplicitAny: whatever a port's method takes
type Method = (...order: any[]) => Promise<any>

const aKey = { name: 'Once', scopes: ['polls:read'] }
const questions = [{ type: 'nps', prompt: 'Would you?' }]

/** An API where making a key takes until it is let. */
const held = () => {
  const api = anApi()
  const { add } = api.keys.book
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  api.keys.book.add = async (...order) => {
    await gate
    return add(...order)
  }
  return { api, key: api.key('ws_first', scopes), open: () => open() }
}

const seen = ({ status, headers, text }: Answer) => ({
  status,
  text,
  headers: ['content-type', 'location', 'etag', 'cache-control', 'vary'].map((name) => headers.get(name)),
})
