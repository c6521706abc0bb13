// Where a person's data goes: texts that occur nowhere else are put in wherever one could enter, and every store of the
// running stack is searched for them, before erasure and after it. What the design says of each is docs/design/privacy.md.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataFolderAt } from '../../dev/data-folder.ts'
import { type Stack, startStack } from '../../dev/stack.ts'
import {
  archivedBoxes,
  inFiles,
  inKeyValues,
  inObjectFiles,
  inObjects,
  inPostgres,
  inRedis,
  type Markers,
} from './canary-stores.ts'
import { clientOf, eventually, type SystemClient } from './client.ts'

const root = mkdtempSync(join(tmpdir(), 'edgepoll-canary-stack-'))
const folder = dataFolderAt(root)
let stack: Stack
let client: SystemClient
let key = ''

const rare = (what: string) => `canary-${what}-${randomBytes(12).toString('hex')}`

/** What must never be kept, whatever for. */
const raw: Record<string, string> = {
  voterId: rare('voter'),
  idempotencyKey: rare('idem'),
  subject: rare('subject'),
  userAgent: rare('agent'),
  address: '203.0.113.217',
  household: '2001:db8:c0de:fa11',
}
/** What may be kept in some places, until it is erased or its poll deleted. */
const answers: Markers = { answer: rare('answer'), deleted: rare('deleted') }
const titles: Markers = { title: rare('title') }
/** Of a poll that is closed and deleted: what KV holds of one. */
const closed: Markers = { closed: rare('closed') }
const accountSecret: Markers = { accountSecret: rare('account-secret-of-enough-bytes') }

const polls: Record<'session' | 'account' | 'invite' | 'ip', string> = {
  session: '',
  account: '',
  invite: '',
  ip: '',
}
const ballotIds: string[] = []
let closedId = ''

const why = { id: 'why', type: 'text', prompt: 'Why?' }

const aPoll = async (draft: object): Promise<string> => {
  const made = await client.ask('POST', '/v1/polls', {
    key,
    body: { title: titles['title'], questions: [why], ...draft },
  })
  expect(made.status, made.text).toBe(201)
  return made.json.id
}

const cast = async (pollId: string, beside: object, headers: Record<string, string>, answer: string) => {
  const done = await client.ask('POST', `/v1/polls/${pollId}/ballots`, {
    headers: { 'User-Agent': raw['userAgent'] ?? '', 'CF-Connecting-IP': raw['address'] ?? '', ...headers },
    body: { answers: { why: answer }, ...beside },
  })
  expect(done.status, done.text).toBe(201)
  ballotIds.push(done.json.id)
}

beforeAll(async () => {
  const loud = { LOG_LEVEL: 'debug' }
  stack = await startStack({
    dataFolder: root,
    bindings: {
      edge: { ...loud, EDGEPOLL_TEST_ADDRESSES: '1' },
      count: { ...loud, RESEND_AFTER_MS: '2000' },
      archive: loud,
    },
  })
  client = clientOf(stack.url)
  const made = await client.ask('POST', '/v1/workspaces', {
    key: stack.rootKey,
    body: { name: 'Canary', plan: 'pro' },
  })
  key = made.json.apiKey
  raw['apiKeySecret'] = key.split('_').at(-1) ?? ''

  // Hears of every ballot below: its deliveries are among the tables that are searched.
  const hook = await client.ask('POST', '/v1/webhooks', {
    key,
    headers: { 'Idempotency-Key': raw['idempotencyKey'] ?? '' },
    body: { url: 'https://canary.example/hook' },
  })
  expect(hook.status, hook.text).toBe(201)
  raw['webhookSecret'] = String(hook.json.secret).slice('whsec_'.length, -1)

  const named = { 'Voter-Id': raw['voterId'] ?? '', 'Idempotency-Key': raw['idempotencyKey'] ?? '' }
  polls.session = await aPoll({ dedupe: { by: 'session' } })
  await cast(polls.session, {}, named, answers['answer'] ?? '')

  const secret = accountSecret['accountSecret'] ?? ''
  polls.account = await aPoll({ dedupe: { by: 'account', keys: [{ kid: 'k', alg: 'HS256', secret }] } })
  const voterToken = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', kid: 'k' })
    .setSubject(raw['subject'] ?? '')
    .setAudience(polls.account)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
  raw['voterToken'] = voterToken.split('.')[1] ?? ''
  await cast(polls.account, { voterToken }, {}, answers['answer'] ?? '')

  polls.invite = await aPoll({ dedupe: { by: 'invite' } })
  const invites = await client.ask('POST', `/v1/polls/${polls.invite}/invites`, { key, body: { count: 1 } })
  const [inviteCode = ''] = invites.json.codes
  raw['inviteCode'] = inviteCode
  raw['inviteCodePlain'] = inviteCode.replaceAll('-', '')
  await cast(polls.invite, { inviteCode }, {}, answers['answer'] ?? '')

  polls.ip = await aPoll({ dedupe: { by: 'ip', limit: 5 } })
  await cast(polls.ip, {}, { 'CF-Connecting-IP': `${raw['household']}::1` }, answers['deleted'] ?? '')

  closedId = await aPoll({ title: closed['closed'] })
  expect((await client.ask('POST', `/v1/polls/${closedId}/close`, { key })).status).toBe(200)

  const postgres = new pg.Client({ connectionString: stack.databaseUrl })
  await postgres.connect()
  const archived = () =>
    postgres.query('select 1 from ballots where poll_id = any ($1)', [Object.values(polls)])
  await eventually(archived, ({ rowCount }) => rowCount === 4, 60_000)
  await postgres.end()
}, 180_000)

afterAll(async () => {
  await client?.close()
  await stack?.stop()
  rmSync(root, { recursive: true, force: true })
}, 60_000)

describe('the searchers', () => {
  test('find in each kind of store what is there', async () => {
    const planted = { planted: rare('planted') }
    appendFileSync(join(folder.logs, 'planted.log'), planted.planted)
    await fetch(stack.redisRestUrl, {
      method: 'POST',
      headers: { Authorization: `Bearer ${stack.redisRestToken}` },
      body: JSON.stringify(['SET', 'canary', planted.planted]),
    })
    const letters = new pg.Client({ connectionString: stack.databaseUrl })
    await letters.connect()
    await letters.query('insert into dead_letters values ($1, $2, now())', ['canary', planted.planted])
    expect(await inPostgres(stack.databaseUrl, planted)).toEqual({ planted: ['dead_letters'] })
    await letters.query(`delete from dead_letters where id = 'canary'`)
    await letters.end()
    expect(await inRedis(stack, planted)).toEqual({ planted: ['canary'] })
    // What the scoreboard writes there of a closed poll; KV itself can only be asked by a Worker.
    const kept = await eventually(
      async () => inKeyValues(folder.state, closed),
      (found) => found['closed'] !== undefined,
      30_000,
    )
    expect(kept['closed']?.join()).toContain(closedId)
    expect(inFiles(folder.logs, planted)['planted']).toEqual(['planted.log'])
    expect(inObjects(folder.state, answers)['answer']).toHaveLength(3)
    expect(inFiles(folder.state, answers)['answer']?.length).toBeGreaterThanOrEqual(3)
  })

  test('see what the Workers say', () => {
    expect(inFiles(folder.logs, { poll: polls.session })['poll']?.length).toBeGreaterThan(0)
  })
})

describe('while the polls are open', () => {
  test('nothing by which a voter or a key was named is anywhere, raw bytes included', () => {
    expect(inFiles(root, raw)).toEqual({})
  })

  test('answers are in the boxes and in Postgres’ ballots, and in no other store', async () => {
    const rows = inObjects(folder.state, answers)
    expect(
      new Set(
        Object.values(rows)
          .flat()
          .map((place) => place.split(' ').at(-1)),
      ),
    ).toEqual(new Set(['ballot']))
    expect(new Set(Object.values(await inPostgres(stack.databaseUrl, answers)).flat())).toEqual(
      new Set(['ballots']),
    )
    expect(await inRedis(stack, answers)).toEqual({})
    expect(inKeyValues(folder.state, answers)).toEqual({})
    expect(inFiles(folder.logs, answers)).toEqual({})
    expect(inFiles(folder.redis, answers)).toEqual({})
  })

  test('the secret of an account key is in the counting objects alone', async () => {
    expect(inFiles(folder.logs, accountSecret)).toEqual({})
    expect(await inPostgres(stack.databaseUrl, accountSecret)).toEqual({})
    expect(await inRedis(stack, accountSecret)).toEqual({})
    const places = inObjects(folder.state, accountSecret)['accountSecret'] ?? []
    expect(new Set(places.map((place) => place.split(' ').at(-1)))).toEqual(new Set(['board', 'box']))
  })
})

/** A message of this poll that died: its first ballot as it was cast, and perhaps one of somebody else's. */
const aDeadLetter = (pollId: string, answer = '', others: readonly object[] = []) => {
  const ballot = { revision: 1, castAt: 1, country: 'DE', shard: 0, seq: 1, salt: 'ab'.repeat(16) }
  const id = ballotIds[Object.values(polls).indexOf(pollId)]
  return {
    ...{ v: 1, id: `${pollId}:0:1`, pollId, shard: 0, first: 1, last: 2 },
    ballots: [
      { ...ballot, id, answers: { why: answer } },
      ...others.map((other) => ({ ...ballot, ...other })),
    ],
  }
}

const buried = { id: 'bal_of_somebody_else', answers: { why: 'stays' } }

describe('after erasure and deletion', () => {
  beforeAll(async () => {
    const { answer = '', deleted = '' } = answers
    const postgres = new pg.Client({ connectionString: stack.databaseUrl })
    await postgres.connect()
    for (const letter of [
      aDeadLetter(polls.session, answer),
      aDeadLetter(polls.account, answer),
      aDeadLetter(polls.invite, answer, [buried]),
      aDeadLetter(polls.ip, deleted),
    ])
      await postgres.query('insert into dead_letters values ($1, $2, now())', [
        letter.id,
        JSON.stringify(letter),
      ])
    await postgres.end()
    const found = await inPostgres(stack.databaseUrl, answers)
    for (const name of ['answer', 'deleted']) expect(found[name]).toContain('dead_letters')
  })

  test('answers are nowhere to be read, and nothing raw has come up', async () => {
    const path = (pollId: string, rest: string) => `/v1/polls/${pollId}${rest}`
    // One by its voter while its poll is open, the others after the close: by its id, and by its voter.
    const byVoter = { session: { voterId: raw['voterId'] }, invite: { inviteCode: raw['inviteCode'] } }
    for (const name of ['session', 'account', 'invite'] as const) {
      const id = polls[name]
      if (name !== 'session') expect((await client.ask('POST', path(id, '/close'), { key })).status).toBe(200)
      const erased =
        name === 'account'
          ? await client.ask('DELETE', path(id, `/ballots/${ballotIds[1]}`), { key })
          : await client.ask('POST', path(id, '/voters/erase'), { key, body: byVoter[name] })
      expect(erased.status, erased.text).toBe(name === 'account' ? 204 : 200)
      if (name !== 'account') expect(erased.json.erased).toBe(1)
    }
    expect((await client.ask('DELETE', `/v1/polls/${polls.ip}`, { key })).status).toBe(204)
    expect((await client.ask('DELETE', `/v1/polls/${closedId}`, { key })).status).toBe(204)
    await eventually(
      async () => [inObjects(folder.state, answers), await inPostgres(stack.databaseUrl, answers)],
      (found) => found.every((places) => Object.keys(places).length === 0),
      60_000,
    )
    expect(await inRedis(stack, answers)).toEqual({})
    expect(inKeyValues(folder.state, answers)).toEqual({})
    await eventually(
      async () => inKeyValues(folder.state, closed),
      (found) => Object.keys(found).length === 0,
      60_000,
    )
    expect(inFiles(root, raw)).toEqual({})
    for (const each of [folder.logs, folder.redis]) expect(inFiles(each, answers)).toEqual({})
  })

  test('of a dead letter with somebody else’s ballot that is left', async () => {
    const postgres = new pg.Client({ connectionString: stack.databaseUrl })
    await postgres.connect()
    const { rows } = await postgres.query<{ body: string }>('select body from dead_letters')
    await postgres.end()
    expect(rows.map(({ body }) => JSON.parse(body).ballots)).toEqual([
      [
        expect.objectContaining({ answers: null, country: null, salt: null }),
        expect.objectContaining(buried),
      ],
    ])
  })

  test('nothing is on its way in a queue', async () => {
    // Miniflare's queues are a list in memory, which nobody can search. What is in them the boxes do not know to be archived.
    await eventually(
      async () => archivedBoxes(folder.state),
      (boxes) => boxes.length >= 3 && boxes.every((archived) => archived),
      60_000,
    )
  })

  test('raw bytes of them are in write-ahead logs at most', () => {
    const left = Object.values(inFiles(root, answers)).flat()
    expect(left.filter((file) => !/^postgres\/(pg_wal|base)\/|\.sqlite-wal$/.test(file))).toEqual([])
  })

  test('and in no file of an object, once that log is written back', () => {
    expect(inObjectFiles(folder.state, answers)).toEqual({})
  })
})

describe('retention by hand', () => {
  const retention = async (...options: string[]) => {
    const command = join(import.meta.dirname, '../../ops/retention.ts')
    const where = ['--url', stack.url, '--root-key', stack.rootKey]
    return (await promisify(execFile)(process.execPath, [command, ...where, ...options])).stdout
  }

  test('names what Postgres takes for due, and deletes what the scoreboard knows to be', async () => {
    const changed = await client.ask('PATCH', '/v1/workspace', { key, body: { retentionDays: 1 } })
    expect(changed.status, changed.text).toBe(200)
    expect(await retention('--dry-run')).toContain('0 polls would be deleted.')
    const postgres = new pg.Client({ connectionString: stack.databaseUrl })
    await postgres.connect()
    await postgres.query(
      `update polls set created_at = created_at - interval '9 days', definition = definition || '{"closedAt":1000}' where id = $1`,
      [polls.account],
    )
    await postgres.end()
    expect(await retention('--dry-run')).toContain(polls.account)
    expect(await retention()).toContain('0 polls deleted')
    expect((await client.ask('GET', `/v1/polls/${polls.account}`, { key })).status).toBe(200)
  })
})
