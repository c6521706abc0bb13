import { test, expect } from 'vitest'
import { anApi } from '../support/api.ts'
test('x', async () => {
  const api = anApi()
  const poll = await api.aPoll()
  const v = await api.vote(poll.id)
  console.log(v.status, v.text)
  await api.counting.published()
  console.log((await api.ask('GET', `/v1/polls/${poll.id}/results`)).text)
  await api.counting.archived()
  const e = await api.ask('GET', `/v1/polls/${poll.id}/export`, { key: api.key() })
  console.log(e.status, e.text, [...e.headers])
  expect(1).toBe(1)
})
