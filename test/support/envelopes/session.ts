// Everything that edges, objects and archive say to each other, said once: real polls of every kind, made, changed, voted in, watched,
// proven, erased, closed and deleted through the real API and the real clients.
import { entryUrl } from '../../../src/relay/protocol.ts'
import { type Api, anApi } from '../api.ts'
import type { Said } from '../local-counting.ts'

const options = (...ids: readonly string[]) => ids.map((id) => ({ id, label: id }))
const questions = [
  { id: 'where', type: 'choice', prompt: 'Where?', max: 2, options: options('pizza', 'sushi') },
  { id: 'order', type: 'ranking', prompt: 'In which order?', options: options('a', 'b', 'c') },
  { id: 'stars', type: 'rating', prompt: 'How good?', scale: 5 },
  { id: 'tell', type: 'nps', prompt: 'Would you tell a friend?' },
  { id: 'why', type: 'text', prompt: 'Why?' },
]
const answersOf = (first: string, ...others: readonly string[]) => ({
  where: ['pizza'],
  order: [first, ...others],
  stars: 4,
  tell: 9,
  why: 'because',
})

/** What was said, in the order in which it was said; with the answers. */
export const heardInASession = async (): Promise<readonly Said[]> => {
  const heard: Said[] = []
  const api = anApi({ heard: (said) => heard.push(said) })
  const key = api.key()
  await everyKind(api, key)
  await draft(api, key)
  await invited(api, key)
  await byAddress(api, key)
  return heard
}

const signal = () => AbortSignal.timeout(20_000)

const expectOk = (what: string, status: number, text: string): void => {
  if (status >= 300 && status !== 409) throw new Error(`${what}: ${status} ${text}`)
}

const asker =
  (api: Api, key: string) =>
  async (method: string, path: string, body?: unknown, headers = {}) => {
    const answer = await api.ask(method, path, { key, headers, body })
    expectOk(`${method} ${path}`, answer.status, answer.text)
    return answer
  }

const everyKind = async (api: Api, key: string): Promise<void> => {
  const ask = asker(api, key)
  const { counting } = api
  const name = { 'Idempotency-Key': 'the-same-poll' }
  const body = { title: 'Everything', questions, revisions: 'until-close', expectedVoters: 10 }
  await ask('POST', '/v1/polls', body, name)
  const { id } = (await ask('POST', '/v1/polls', body, name)).json
  await watch(api, id)
  const vote = (voter: string, answers: object) => api.vote(id, voter, answers)
  const { json: first } = await vote('ada', answersOf('a', 'b', 'c'))
  await vote('ada', answersOf('a', 'b', 'c'))
  await vote('bob', answersOf('b', 'a'))
  const { json: third } = await vote('cyd', answersOf('c', 'b'))
  const mine = { 'Voter-Id': 'ada'.padEnd(16, '.') }
  await api.ask('PUT', `/v1/polls/${id}/ballots/mine`, { headers: mine, body: { answers: answersOf('a') } })
  await api.ask('GET', `/v1/polls/${id}/ballots/mine`, { headers: mine })
  await ask('PATCH', `/v1/polls/${id}`, { title: 'All of it' }, { 'If-Match': '*' })
  await counting.published()
  await api.ask('GET', `/v1/polls/${id}/results`)

  const definition = await counting.boards.find(id, signal())
  if (definition === null) throw new Error('the poll is not there')
  const shards = Array.from({ length: definition.poll.shards }, (_, shard) => ({ pollId: id, shard }))
  await counting.boxes.prove(definition, first.id, signal())
  await ask('DELETE', `/v1/polls/${id}/ballots/${third.id}`)
  await ask('POST', `/v1/polls/${id}/voters/export`, { voterId: mine['Voter-Id'] })
  for (const address of shards) {
    await counting.boxes.log(address, 0, 100, signal())
    await counting.boxes.checkpoint(address, signal())
    await counting.boxes.standing(address, signal())
    await counting.boxes.audit(address, signal())
  }
  await counting.archived()
  for (const address of shards) await counting.boxes.resend(address, 0, signal())
  await counting.archived()
  await ask('POST', `/v1/polls/${id}/close`)
  await counting.published()
  await api.ask('GET', `/v1/polls/${id}/results`)
}

/** At the first leaf, as a small audience does, and at one of many, which is fed by a branch. */
const watch = async (api: Api, pollId: string): Promise<void> => {
  const headers = { Upgrade: 'websocket', Connection: 'Upgrade' }
  await api.ask('GET', `/v1/polls/${pollId}/results/live`, { headers })
  const entry = {
    address: { pollId, kind: 'leaf', index: 150 },
    judged: 1,
    holds: 0,
    from: null,
    region: 'EU',
    mostViewers: 1_000_000,
    mostOfOne: 1_000,
  } as const
  const { namespace } = api.counting.relays
  await namespace.get('').fetch(new Request(entryUrl(entry), { headers }))
}

const draft = async (api: Api, key: string): Promise<void> => {
  const ask = asker(api, key)
  const poll = await api.aPoll({ status: 'draft' })
  await ask('PATCH', `/v1/polls/${poll.id}`, { questions: questions.slice(0, 1) }, { 'If-Match': '*' })
  await ask('POST', `/v1/polls/${poll.id}/open`)
  // Somebody came, so the questions stay as they are.
  await api.vote(poll.id, 'dan', { where: ['sushi'] })
  await ask('PATCH', `/v1/polls/${poll.id}`, { questions }, { 'If-Match': '*' })
}

const invited = async (api: Api, key: string): Promise<void> => {
  const ask = asker(api, key)
  const poll = await api.aPoll({ dedupe: { by: 'invite' } })
  const { codes } = (await ask('POST', `/v1/polls/${poll.id}/invites`, { count: 2 })).json
  const [code] = codes
  await api.vote(poll.id, 'eve', { where: ['pizza'] }, { 'Invite-Code': code })
}

const byAddress = async (api: Api, key: string): Promise<void> => {
  const ask = asker(api, key)
  const poll = await api.aPoll({ dedupe: { by: 'ip' }, results: 'after-close' })
  await api.vote(poll.id, 'flo', { where: ['sushi'] }, { 'CF-Connecting-IP': '192.0.2.7' })
  await ask('DELETE', `/v1/polls/${poll.id}`)
  await api.counting.published()
}
