// Webhooks on the running stack: real queue, real Postgres, an endpoint that verifies with the independent package.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../../dev/stack.ts'
import { clientOf, eventually, type SystemClient } from './client.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgepoll-webhooks-'))
let stack: Stack
let client: SystemClient
let receiver: Receiver

beforeAll(async () => {
  const unguarded = { EDGEPOLL_TEST_WEBHOOKS: '1' }
  stack = await startStack({ dataFolder: folder, bindings: { edge: unguarded, archive: unguarded } })
  client = clientOf(stack.url)
  receiver = await startReceiver()
})

afterAll(async () => {
  await client?.close()
  await receiver?.stop()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const key = () => stack.apiKey ?? ''
const ask = (method: string, path: string, body?: unknown) =>
  client.ask(method, path, { key: key(), ...(body !== undefined && { body }) })

const aWebhook = async (path: string, changes: object = {}) => {
  const made = await ask('POST', '/v1/webhooks', { url: `${receiver.url}${path}`, ...changes })
  expect(made.status).toBe(201)
  receiver.secrets.set(path, made.json.secret)
  return made.json
}
const aPoll = async (changes: object = {}): Promise<string> => {
  const options = [{ label: 'Pizza' }, { label: 'Sushi' }]
  const questions = [{ id: 'where', type: 'choice', prompt: 'Where?', options }]
  const made = await ask('POST', '/v1/polls', { title: 'Lunch?', questions, ...changes })
  expect(made.status).toBe(201)
  const { options: known } = made.json.questions[0]
  choices.set(made.json.id, known[0].id)
  return made.json.id
}
const choices = new Map<string, string>()
const vote = async (pollId: string, voter: string) => {
  const cast = await client.ask('POST', `/v1/polls/${pollId}/ballots`, {
    headers: { 'Voter-Id': voter },
    body: { answers: { where: choices.get(pollId) } },
  })
  expect(cast.status).toBe(201)
  return cast.json.id as string
}
const heard = (path: string, pollId: string) =>
  receiver.events.filter((event) => event.path === path && event.data.pollId === pollId)
const deliveries = async (webhookId: string) =>
  (await ask('GET', `/v1/webhooks/${webhookId}/deliveries?limit=100`)).json.data as readonly {
    readonly id: string
    readonly event: string
    readonly state: string
    readonly attempts: number
    readonly lastStatus: number | null
    readonly lastError: string | null
  }[]
test('an owner hears of a poll’s life and of each ballot once, signed', async () => {
  const webhook = await aWebhook('/life')
  const pollId = await aPoll()
  const ballots = await Promise.all(
    Array.from({ length: 130 }, (_, at) => vote(pollId, `voter-of-the-life-${at}`)),
  )
  expect((await ask('POST', `/v1/polls/${pollId}/close`)).status).toBe(200)
  const cast = () => heard('/life', pollId).filter(({ type }) => type === 'ballot.cast')
  await eventually(
    async () => cast().flatMap(({ data }) => data.ballots).length,
    (count) => count >= ballots.length,
  )
  await eventually(
    async () => heard('/life', pollId).map(({ type }) => type),
    (types) => types.includes('poll.opened') && types.includes('poll.closed'),
  )
  const once = new Map(cast().map((event) => [event.id, event]))
  expect(
    [...once.values()].flatMap(({ data }) => data.ballots.map(({ id }: { id: string }) => id)).toSorted(),
  ).toEqual(ballots.toSorted())
  expect(Math.max(...receiver.events.map(({ bytes }) => bytes))).toBeLessThan(20_000)
  expect(receiver.wrong).toEqual([])
  await eventually(
    async () => (await deliveries(webhook.id)).filter(({ event }) => event !== 'poll.progress'),
    (all) => all.every(({ state }) => state === 'delivered'),
  )
})

test('a poll that is to open later tells when it does', async () => {
  await aWebhook('/later', { events: ['poll.opened'] })
  const pollId = await aPoll({ opensAt: new Date(Date.now() + 3_000).toISOString() })
  await eventually(
    async () => heard('/later', pollId).length,
    (count) => count === 1,
  )
})

test('what failed comes again under its id, and one that is gone is left alone', async () => {
  receiver.answers.set('/trouble', [{ status: 500 }, { status: 204 }])
  const webhook = await aWebhook('/trouble', { events: ['poll.closed'] })
  const pollId = await aPoll()
  await ask('POST', `/v1/polls/${pollId}/close`)
  await eventually(
    async () => heard('/trouble', pollId).length,
    (count) => count === 2,
  )
  expect(new Set(heard('/trouble', pollId).map(({ id }) => id)).size).toBe(1)
  const [delivery] = await eventually(
    () => deliveries(webhook.id),
    ([first]) => first?.state === 'delivered',
  )
  expect(delivery).toMatchObject({ attempts: 2, lastStatus: 204, lastError: null })

  receiver.answers.set('/trouble', [{ status: 410 }])
  const again = await ask('POST', `/v1/webhooks/${webhook.id}/deliveries/${delivery?.id}/redeliver`)
  expect([again.status, again.json.state]).toEqual([202, 'pending'])
  const gone = await eventually(
    async () => (await ask('GET', `/v1/webhooks/${webhook.id}`)).json,
    ({ enabled }) => !enabled,
  )
  expect(gone.disabledReason).toBe('gone')
  expect((await ask('POST', `/v1/webhooks/${webhook.id}/deliveries/${delivery?.id}/redeliver`)).status).toBe(
    409,
  )
})

test('a redirect is not followed', async () => {
  receiver.answers.set('/moved', [{ status: 302, location: `${receiver.url}/elsewhere` }])
  const webhook = await aWebhook('/moved', { events: ['poll.closed'] })
  await ask('POST', `/v1/polls/${await aPoll()}/close`)
  const [delivery] = await eventually(
    () => deliveries(webhook.id),
    ([first]) => first?.lastStatus === 302 || first?.state === 'delivered',
  )
  expect(delivery?.lastError ?? delivery?.state).toMatch(/302|delivered/)
  expect(receiver.events.filter(({ path }) => path === '/elsewhere')).toEqual([])
})

test('while secrets overlap both verify', async () => {
  const webhook = await aWebhook('/old-secret', { events: ['poll.closed'] })
  const rotated = await ask('POST', `/v1/webhooks/${webhook.id}/rotate`)
  expect(rotated.json.secret).not.toBe(webhook.secret)
  const first = await aPoll()
  await ask('POST', `/v1/polls/${first}/close`)
  await eventually(
    async () => heard('/old-secret', first).length,
    (count) => count === 1,
  )
  receiver.secrets.set('/old-secret', rotated.json.secret)
  const second = await aPoll()
  await ask('POST', `/v1/polls/${second}/close`)
  await eventually(
    async () => heard('/old-secret', second).length,
    (count) => count === 1,
  )
  expect(receiver.wrong).toEqual([])
})
