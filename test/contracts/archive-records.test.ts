// What the archive promises of polls, keys and workspaces, on a real Postgres through the real driver.
import { describe, expect, test } from 'vitest'
import type { KeyRecord, Workspace } from '../../src/application/ports.ts'
import { ArchiveRejected } from '../../src/archive/archive-error.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { keyRing } from '../../src/archive/key-ring.ts'
import { pollRecords } from '../../src/archive/poll-records.ts'
import { workspaces } from '../../src/archive/workspaces.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { withPostgres } from '../support/postgres.ts'
import { aPoll } from './archived.ts'

const postgres = withPostgres()
const record = (poll: Poll) => pollRecords(openDatabase(postgres)).record(poll, signal())
const find = (keyId: string) => keyRing(openDatabase(postgres)).find(keyId, signal())
const create = (workspace: Workspace, key: KeyRecord) =>
  workspaces(openDatabase(postgres)).create(workspace, key, signal())
const signal = () => AbortSignal.timeout(20_000)

describe('the record of a poll', () => {
  test('says what its scoreboard said', async () => {
    await record(aPoll({ id: 'poll_whole' }))
    expect(await recorded('poll_whole')).toEqual({
      workspace_id: 'ws_a',
      title: 'Lunch? 🍕',
      phase: 'open',
      archived: false,
      version: 3,
      created_at: new Date(1_795_560_000_123),
      definition: {
        title: 'Lunch? 🍕',
        description: null,
        questions: [{ id: '__proto__', type: 'nps', prompt: `"How's it?" \u2028`, required: true }],
        opensAt: null,
        closesAt: 1_795_570_000_000,
        results: 'always',
        dedupe: { by: 'session' },
        revisions: 'none',
        challenge: 'off',
        allowedOrigins: [],
        expectedVoters: 1000,
        labels: { team: 'ops' },
        shards: 4,
      },
    })
  })

  test('is replaced by a newer version and never by an older one', async () => {
    await record(aPoll({ id: 'poll_newer', version: 2, title: 'second' }))
    await record(aPoll({ id: 'poll_newer', version: 3, title: 'third' }))
    await record(aPoll({ id: 'poll_newer', version: 2, title: 'second, late' }))
    expect(await recorded('poll_newer')).toMatchObject({
      version: 3,
      title: 'third',
      definition: { title: 'third' },
    })
  })

  test('is not touched by the version it already has', async () => {
    await record(aPoll({ id: 'poll_same' }))
    const [before] = await postgres.query(`select recorded_at, xmin from polls where id = 'poll_same'`)
    await record(aPoll({ id: 'poll_same', title: 'changed without a version' }))
    expect(await postgres.query(`select recorded_at, xmin from polls where id = 'poll_same'`)).toEqual([
      before,
    ])
  })

  test('moves on within a version, through the phases and into the archive, and never back', async () => {
    await record(aPoll({ id: 'poll_closing', phase: 'closed' }))
    await record(aPoll({ id: 'poll_closing', phase: 'closing' }))
    await record(aPoll({ id: 'poll_closing', phase: 'open', archived: true }))
    expect(await recorded('poll_closing')).toMatchObject({ phase: 'closed', archived: false })
    await record(aPoll({ id: 'poll_closing', phase: 'closed', archived: true }))
    await record(aPoll({ id: 'poll_closing', phase: 'closed', archived: false }))
    expect(await recorded('poll_closing')).toMatchObject({ phase: 'closed', archived: true })
  })

  test('keeps the highest of simultaneous versions', async () => {
    const versions = [4, 1, 5, 2, 3]
    await Promise.all(
      versions.map((version) => record(aPoll({ id: 'poll_race', version, title: `v${version}` }))),
    )
    expect(await recorded('poll_race')).toMatchObject({ version: 5, title: 'v5' })
  })

  test('keeps no secret of an account key', async () => {
    const keys = [
      { kid: 'shared', alg: 'HS256', secret: 'do-not-write-this-down' },
      { kid: 'public', alg: 'EdDSA', x: 'public-half' },
    ] as const
    await record(aPoll({ id: 'poll_keys', dedupe: { by: 'account', keys } }))
    const [row] = await postgres.query<{ all: string }>(
      `select polls::text as all from polls where id = 'poll_keys'`,
    )
    expect(row?.all).not.toContain('do-not-write-this-down')
    expect(await recorded('poll_keys')).toMatchObject({
      definition: { dedupe: { by: 'account', keys: [{ kid: 'shared', alg: 'HS256' }, keys[1]] } },
    })
  })

  test('with a character that Postgres refuses is rejected', async () => {
    await expect(record(aPoll({ id: 'poll_nul', title: 'a\0b' }))).rejects.toThrow(ArchiveRejected)
    await expect(record(aPoll({ id: 'poll_nul', labels: { team: 'a\0b' } }))).rejects.toThrow(ArchiveRejected)
    expect(await recorded('poll_nul')).toBeUndefined()
  })

  test.each([
    ['all', `workspace_id = 'ws_a'`, 'polls_newest_first'],
    ['drafts', `workspace_id = 'ws_a' and archived = false and phase = 'draft'`, 'polls_newest_of_phase'],
  ])('is listed newest first by an index, without a sort: %s', async (_what, chosen, index) => {
    const [, { rows }] = await postgres.session(async (client) => [
      await client.query('set enable_seqscan = off; set enable_bitmapscan = off'),
      await client.query(
        `explain (format text) select * from polls where ${chosen} order by created_at desc, id desc limit 20`,
      ),
    ])
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain(index)
    expect(plan).not.toContain('Sort')
  })
})

describe('keys', () => {
  test('an unknown one is null', async () => {
    expect(await find('key_unknown')).toBeNull()
    expect(await find(`' or true --`)).toBeNull()
  })

  test('is found as it was made, with the plan of its workspace', async () => {
    const key = aKey('plain', { expiresAt: null, revokedAt: null })
    await create(aWorkspace('plain'), key)
    expect(await find(key.id)).toEqual(key)
  })

  test('says when it expires and when it was revoked; judging that is not the archive’s', async () => {
    const key = aKey('old', {
      expiresAt: 1_795_560_000_001,
      revokedAt: 1_795_560_000_002,
      mode: 'test',
      scopes: [],
    })
    await create(aWorkspace('old'), key)
    expect(await find(key.id)).toEqual(key)
  })
})

describe('creating a workspace', () => {
  test('twice at once makes it once', async () => {
    const outcomes = await Promise.allSettled(
      ['first', 'second', 'third'].map((name) =>
        create({ ...aWorkspace('race'), name }, aKey('race', { id: `key_${name}` })),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ name: 'ArchiveRejected', code: '23505' })
    expect(await postgres.query(`select id from api_keys where workspace_id = 'ws_race'`)).toHaveLength(1)
  })

  test('makes neither where the key cannot be made', async () => {
    await create(aWorkspace('taken'), aKey('taken'))
    await expect(create(aWorkspace('half'), aKey('half', { id: 'key_taken' }))).rejects.toThrow(
      ArchiveRejected,
    )
    expect(await postgres.query(`select 1 from workspaces where id = 'ws_half'`)).toEqual([])
  })
})

const aWorkspace = (name: string): Workspace => ({
  id: `ws_${name}`,
  name,
  plan: 'pro',
  retentionDays: null,
  createdAt: 1_795_560_000_123,
})

const aKey = (name: string, but: Partial<KeyRecord> = {}): KeyRecord => ({
  id: `key_${name}`,
  workspaceId: `ws_${name}`,
  plan: 'pro',
  mode: 'live',
  scopes: ['polls:read', 'keys:write'],
  secretHash: '00ff7f80'.repeat(8),
  expiresAt: null,
  revokedAt: null,
  ...but,
})

const recorded = async (pollId: string) => {
  const [row] = await postgres.query(
    'select workspace_id, title, phase, archived, version, created_at, definition from polls where id = $1',
    [pollId],
  )
  return row
}
