// The archive's own schedule, in the running Worker: what a workspace keeps no longer goes from every store, and others' stays.
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dataFolderAt } from '../../dev/data-folder.ts'
import { type Stack, startStack } from '../../dev/stack.ts'
import { inObjects } from './canary-stores.ts'
import { clientOf, eventually, type SystemClient } from './client.ts'

const root = mkdtempSync(join(tmpdir(), 'edgepoll-retention-'))
const { state } = dataFolderAt(root)
const dayMs = 86_400_000
/** As in workers/archive. */
const [reconciler, retention] = ['17 * * * *', '47 * * * *']
let stack: Stack
let client: SystemClient
let postgres: pg.Client

interface Tenant {
  readonly workspaceId: string
  readonly key: string
  readonly pollId: string
  /** A text that nobody else wrote. */
  readonly said: string
  /** Under which its voters' names were hashed; a character a byte. */
  readonly secret: string
}
let tenants: Readonly<Record<'short' | 'young' | 'keeping', Tenant>>

beforeAll(async () => {
  await start()
  const made = [await aTenant('short', 1), await aTenant('young', 1), await aTenant('keeping', null)] as const
  await stop()
  const [short, young, keeping] = made.map((tenant) => ({ ...tenant, secret: secretOf(tenant.pollId) }))
  if (short === undefined || young === undefined || keeping === undefined) throw new Error('three were made')
  tenants = { short, young, keeping }
  for (const { pollId } of [tenants.short, tenants.keeping]) closedLongAgo(pollId, 3 * dayMs)
  await start()
  await postgres.query(`update polls set created_at = created_at - interval '9 days'`)
  await postgres.query(
    `update polls set definition = definition || jsonb_build_object('closedAt', (definition ->> 'closedAt')::bigint - $2::bigint)
     where id = any ($1)`,
    [[tenants.short.pollId, tenants.keeping.pollId], 3 * dayMs],
  )
  await seedAged()
})

afterAll(async () => {
  await stop()
  rmSync(root, { recursive: true, force: true })
})

describe('before the schedule has run', () => {
  it('everything of everybody is there', async () => {
    for (const tenant of Object.values(tenants)) expect(await storesOf(tenant)).toEqual(everywhere)
  })
})

describe('the schedule of retention', () => {
  it('runs in the Worker', async () => {
    expect(await stack.wakeArchive(retention)).toBe('ok')
  })

  it('erases poll, ballots, numbers, invites and secrets of whoever keeps them no longer', async () => {
    const left = await eventually(
      () => storesOf(tenants.short),
      (stores) => Object.values(stores).every((found) => !found),
    )
    expect(left).toEqual(nowhere)
    const { pollId, key } = tenants.short
    expect((await client.ask('GET', `/v1/polls/${pollId}/ballots`, { key })).status).toBe(404)
  })

  it('leaves what closed a moment ago, and what a workspace keeps for ever, as old as it is', async () => {
    expect(await storesOf(tenants.young)).toEqual(everywhere)
    expect(await storesOf(tenants.keeping)).toEqual(everywhere)
    const { pollId, key } = tenants.keeping
    const ballots = await client.ask('GET', `/v1/polls/${pollId}/ballots`, { key })
    expect([ballots.status, ballots.json.data.length]).toEqual([200, 2])
    expect((await client.ask('GET', `/v1/polls/${pollId}/results`)).json.ballots).toBe(2)
  })

  it('takes out rows that are old, and leaves those that are not', async () => {
    expect(await idsOf('dead_letters')).toEqual(['letter-new'])
    expect(await idsOf('audit_log')).toEqual(expect.arrayContaining(['entry-new']))
    expect(await idsOf('audit_log')).not.toContain('entry-old')
  })
})

describe('the schedule of the reconciler', () => {
  it('runs in the Worker, and takes out first answers that are a day old', async () => {
    expect(await stack.wakeArchive(reconciler)).toBe('ok')
    expect(await idsOf(`(select encode(id, 'hex') as id from idempotency_keys) as answers`)).toEqual(['02'])
  })
})

const everywhere = { poll: true, ballots: true, rollups: true, invites: true, answers: true, secret: true }
const nowhere = { poll: false, ballots: false, rollups: false, invites: false, answers: false, secret: false }

/** Where anything of a tenant's poll is: rows, what its objects hold, and the secret that names were hashed under. */
const storesOf = async ({ pollId, said, secret }: Tenant): Promise<typeof everywhere> => {
  const has = async (table: string, column = 'poll_id') =>
    (await postgres.query(`select from ${table} where ${column} = $1 limit 1`, [pollId])).rowCount === 1
  const held = inObjects(state, { said, secret })
  return {
    poll: await has('polls', 'id'),
    ballots: await has('ballots'),
    rollups: await has('rollups'),
    invites: await has('invites'),
    answers: 'said' in held,
    secret: 'secret' in held,
  }
}

const start = async () => {
  stack = await startStack({ dataFolder: root })
  client = clientOf(stack.url)
  postgres = new pg.Client({ connectionString: stack.databaseUrl })
  postgres.on('error', () => undefined)
  await postgres.connect()
}

const stop = async () => {
  await postgres?.end()
  await client?.close()
  await stack?.stop()
}

/** A workspace with a closed poll of two ballots, all of it archived. */
const aTenant = async (name: string, retentionDays: number | null): Promise<Omit<Tenant, 'secret'>> => {
  const said = `only-${name}-has-said-this`
  const made = await client.ask('POST', '/v1/workspaces', { key: stack.rootKey, body: { name, plan: 'pro' } })
  const { id: workspaceId, apiKey: key } = made.json
  await client.ask('PATCH', '/v1/workspace', { key, body: { retentionDays } })
  const questions = [{ id: 'why', type: 'text', prompt: 'Why?' }]
  const poll = await client.ask('POST', '/v1/polls', { key, body: { title: name, questions } })
  const path = `/v1/polls/${poll.json.id}`
  expect((await client.ask('POST', `${path}/invites`, { key, body: { count: 2 } })).status).toBe(201)
  for (const voter of ['first', 'second']) {
    const headers = { 'Voter-Id': `${voter}-voter-of-${name}` }
    const cast = await client.ask('POST', `${path}/ballots`, { headers, body: { answers: { why: said } } })
    expect(cast.status, cast.text).toBe(201)
  }
  expect((await client.ask('POST', `${path}/close`, { key })).json.final).toBe(true)
  await eventually(
    () => client.ask('GET', `${path}/ballots`, { key }),
    ({ json }) => json.data.length === 2,
  )
  await eventually(
    async () => (await postgres.query(`select phase from polls where id = $1`, [poll.json.id])).rows,
    ([row]) => row?.phase === 'closed',
  )
  return { workspaceId, key, pollId: poll.json.id, said }
}

const boards = () =>
  globSync('**/edgepoll-count-Scoreboard/*.sqlite', { cwd: state })
    .filter((file) => !file.endsWith('metadata.sqlite'))
    .map((file) => join(state, file))

/** Opens the board of a poll past its object, while the stack is down. */
const inBoard = <Answer>(pollId: string, use: (board: DatabaseSync) => Answer): Answer => {
  for (const file of boards()) {
    const board = new DatabaseSync(file)
    try {
      // A name that somebody only asked for has no table.
      const made = board.prepare(`select 1 from sqlite_master where name = 'board'`).get() !== undefined
      if (made && board.prepare('select 1 from board where poll like ?').get(`%${pollId}%`)) return use(board)
    } finally {
      board.close()
    }
  }
  throw new Error(`no board has ${pollId}`)
}

const secretOf = (pollId: string): string =>
  inBoard(pollId, (board) => {
    const { secret } = board.prepare('select secret from board').get() ?? {}
    if (!(secret instanceof Uint8Array)) throw new Error(`the board of ${pollId} has no secret`)
    return Buffer.from(secret).toString('latin1')
  })

/** The board decides, and nothing else can make a poll older. */
const closedLongAgo = (pollId: string, byMs: number): void =>
  inBoard(pollId, (board) => {
    const aged = `json_set(poll, '$.closedAt', json_extract(poll, '$.closedAt') - ?)`
    board.prepare(`update board set poll = ${aged}`).run(byMs)
  })

const seedAged = async () => {
  await postgres.query(
    `insert into dead_letters (id, body, died_at) values
       ('letter-old', '{}', now() - interval '15 days'), ('letter-new', '{}', now() - interval '13 days')`,
  )
  await postgres.query(
    `insert into audit_log (id, workspace_id, at, actor, action, target, request_id) values
       ('entry-old', $1, now() - interval '401 days', 'k', 'poll.close', 'p', 'r'),
       ('entry-new', $1, now() - interval '399 days', 'k', 'poll.close', 'p', 'r')`,
    [tenants.keeping.workspaceId],
  )
  await postgres.query(
    `insert into idempotency_keys (id, workspace_id, fingerprint, created_at, expires_at) values
       ('\\x01', $1, '\\x00', now() - interval '2 days', now() - interval '1 day'),
       ('\\x02', $1, '\\x00', now(), now() + interval '1 day')`,
    [tenants.keeping.workspaceId],
  )
}

const idsOf = async (table: string): Promise<readonly string[]> =>
  (await postgres.query<{ id: string }>(`select id from ${table}`)).rows.map(({ id }) => id)
