// An Idempotency-Key whose first request is not done yet, at every POST whose first answer is kept. Made from the owners' writes.
import { describe, expect, test } from 'vitest'
import { ownerWrites } from '../../src/http/owner-writes.ts'
import { anApi, rootKey } from '../support/api.ts'
import { type OwnerOrder, orderOf, send as sendTo } from '../support/owner-orders.ts'
import { expectProblem } from '../support/problems.ts'
import { parametersOf, pathOf, things } from '../support/route-table.ts'

const posts = ownerWrites
  .filter(({ method, ownRepeats }) => method === 'POST' && !ownRepeats)
  .map(({ method, path }) => `${method} ${path}`)
const named = { 'Idempotency-Key': 'the-first-time' }

/** An API in which whoever comes first with an Idempotency-Key has claimed it, and does no more until it is let. */
const held = () => {
  const api = anApi()
  const { firstAnswers } = api.services
  const gate = Promise.withResolvers<void>()
  const claims: string[] = []
  // The app asks these services, so that what is put there holds for it.
  Object.assign(api.services, {
    firstAnswers: {
      claim: async (...order: Parameters<typeof firstAnswers.claim>) => {
        const claimed = await firstAnswers.claim(...order)
        claims.push(claimed.kind)
        if (claimed.kind === 'first') await gate.promise
        return claimed
      },
    },
  })
  return { api, claims, open: () => gate.resolve() }
}

describe.each(posts)('%s, while the first is under way', (route) => {
  const names = parametersOf(route)
  const underWay = async () => {
    const stand = held()
    const order = await orderOf(route, stand.api)
    const send = (changed: OwnerOrder) => sendTo(stand.api, route, changed, named)
    const first = send(order)
    await expect.poll(() => stand.claims).toEqual(['first'])
    return { ...stand, send, order, first }
  }

  test('is refused, does nothing, and gets the answer of the first afterwards', async () => {
    const { api, claims, send, open, order, first } = await underWay()
    const done = api.keys.log.entries.length
    for (const _again of [1, 2]) expectProblem(await send(order), 409, 'idempotency-key-in-flight')
    expect(claims).toEqual(['first', 'under-way', 'under-way'])
    expect(api.keys.log.entries).toHaveLength(done)
    open()
    const answer = await first
    expect([answer.status < 300, answer.headers.get('idempotency-replayed')]).toEqual([true, null])
    const again = await send(order)
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([
      answer.status,
      answer.text,
      'true',
    ])
    expect(api.keys.log.entries).toHaveLength(done + 1)
  })

  test('is 422 with other content, not 409: it will never be a repeat', async () => {
    const { send, open, order, first } = await underWay()
    const other = { ...order, body: { ...Object(order.body), other: true } }
    expectProblem(await send(other), 422, 'idempotency-key-reused')
    open()
    expect((await first).status).toBeLessThan(300)
  })

  test('is no matter of another key’s: it gets as far as it would alone', async () => {
    const { api, send, open, order, first, claims } = await underWay()
    if (order.key !== rootKey) {
      const stranger = api.key('ws_other')
      const theirs = send({ ...order, key: stranger })
      await expect.poll(() => claims).toEqual(['first', 'first'])
      open()
      expect((await theirs).status).toBe(names.length > 0 ? 404 : 201)
    }
    open()
    expect((await first).status).toBeLessThan(300)
  })

  test('is refused for what comes before it: a thing that is not there', async () => {
    const { send, open, order, first } = await underWay()
    const ids = Object.fromEntries(names.map((name) => [name, things[name]?.missing ?? '']))
    if (order.key !== rootKey && names.length > 0)
      expect((await send({ ...order, path: pathOf(route, ids) })).status).toBe(404)
    open()
    expect((await first).status).toBeLessThan(300)
  })
})
