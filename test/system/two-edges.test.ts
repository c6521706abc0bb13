// Two edges apart, over one count: what is changed at one is seen at the other within the stated time, what counts is exact
// at once, and a KV that is behind takes nobody back.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../../dev/stack.ts'
import { clientOf, eventually, type SystemAnswer, type SystemClient } from './client.ts'
import { openReads, type Reads } from './reads-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgepoll-two-edges-'))
let stack: Stack
let here: SystemClient
let there: SystemClient
let reads: Reads

beforeAll(async () => {
  stack = await startStack({ dataFolder: folder, edges: 2 })
  const [one = '', other = ''] = stack.edges
  here = clientOf(one)
  there = clientOf(other)
  reads = await openReads(folder)
})

afterAll(async () => {
  await reads?.close()
  await Promise.all([here?.close(), there?.close()])
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const key = () => stack.apiKey ?? ''
const aPoll = async (): Promise<string> => {
  const options = ['pizza', 'sushi'].map((id) => ({ id, label: id }))
  const question = { id: 'where', type: 'choice', prompt: 'Where?', options }
  const made = await here.ask('POST', '/v1/polls', {
    key: key(),
    body: { title: 'Lunch?', questions: [question] },
  })
  expect(made.status).toBe(201)
  return made.json.id
}
const change = async (pollId: string, body: object) => {
  const headers = { 'If-Match': '*' }
  const changed = await here.ask('PATCH', `/v1/polls/${pollId}`, { key: key(), headers, body })
  expect(changed.status).toBe(200)
}
const cast = (client: SystemClient, pollId: string, voter: string) =>
  client.ask('POST', `/v1/polls/${pollId}/ballots`, {
    headers: { 'Voter-Id': voter },
    body: { answers: { where: 'pizza' } },
  })
const close = async (pollId: string) => {
  const closed = await here.ask('POST', `/v1/polls/${pollId}/close`, { key: key() })
  expect([closed.status, closed.json.final]).toEqual([200, true])
}
const age = ({ headers }: SystemAnswer) => Number(headers['age'] ?? 0)

describe('two edges', () => {
  it('a change is seen at once where it was made, and soon at the other', async () => {
    const pollId = await aPoll()
    const titleAt = async (client: SystemClient) =>
      (await client.ask('GET', `/v1/polls/${pollId}`)).json.title
    expect([await titleAt(here), await titleAt(there)]).toEqual(['Lunch?', 'Lunch?'])
    await change(pollId, { title: 'Dinner?' })
    expect(await titleAt(here)).toBe('Dinner?')
    await eventually(
      () => titleAt(there),
      (title) => title === 'Dinner?',
    )
  })

  it('a close at one refuses ballots at the other at once, whatever it remembers', async () => {
    const pollId = await aPoll()
    expect((await cast(there, pollId, 'voter-before-the-close')).status).toBe(201)
    await close(pollId)
    const late = await cast(there, pollId, 'voter-after-the-close')
    expect([late.status, late.json.code]).toEqual([409, 'poll-closed'])
    const results = await eventually(
      () => there.ask('GET', `/v1/polls/${pollId}/results`),
      ({ json }) => json.final === true,
    )
    expect(results.json.ballots).toBe(1)
  })

  it('a KV that is behind takes no reader back', async () => {
    const pollId = await aPoll()
    await close(pollId)
    const before = await eventually(
      () => reads.get(`poll:${pollId}`),
      (entry) => entry !== null,
    )
    await change(pollId, { results: 'hidden' })
    await eventually(
      () => there.ask('GET', `/v1/polls/${pollId}/results`),
      ({ status }) => status === 403,
    )

    await reads.put(`poll:${pollId}`, before ?? '')
    let oldest = 0
    // Past its freshness an edge looks further: its answer is young again, and must not be what KV says.
    await eventually(
      async () => {
        const view = await there.ask('GET', `/v1/polls/${pollId}`)
        expect(view.json).toMatchObject({ results: 'hidden', version: 3 })
        oldest = Math.max(oldest, age(view))
        return [oldest, age(view)] as const
      },
      ([was, is]) => was >= 5 && is < was - 2,
    )
    expect((await there.ask('GET', `/v1/polls/${pollId}/results`)).status).toBe(403)
  })
})
