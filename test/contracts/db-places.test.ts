// `npm run db:places` on two real databases: what is out of reach is said, with the pins that bring it back.
import { execFile } from 'node:child_process'
import { beforeEach, expect, test } from 'vitest'
import { routeOf } from '../../src/archive/route.ts'
import { withPostgres } from '../support/postgres.ts'
import { withSecondDatabase } from '../support/second-database.ts'

const postgres = withPostgres()
const two = withSecondDatabase(postgres)
const names = ['main', 'north'] as const
const ids = Array.from({ length: 20 }, (_, n) => `ws_${n}`)
const at = (name: (typeof names)[number]) => {
  const found = ids.filter((id) => routeOf(id, names) === name)
  const [one = '', other = ''] = found
  return [one, other] as const
}

const places = (env: Record<string, string>) =>
  new Promise<{ code: number; said: string }>((resolve) => {
    const given: Record<string, string | undefined> = {
      ...process.env,
      DATABASE_URL: postgres.url,
      DATABASE_URLS: '',
      DATABASE_PINS: '',
      ...env,
    }
    execFile(
      process.execPath,
      ['ops/db-places.ts'],
      { env: given as NodeJS.ProcessEnv }, // the types of our Workers' variables are in it
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    )
  })
const both = () => ({ DATABASE_URLS: JSON.stringify({ north: two.config.urls['north'] }) })
const use = (name: (typeof names)[number], ...workspaceIds: readonly string[]) =>
  two.query(name, `insert into usage select id, '2026-01-01', 1 from unnest($1::text[]) as id`, [
    workspaceIds,
  ])

beforeEach(async () => {
  for (const name of names) await two.query(name, 'truncate usage, polls')
})

test('all is in reach where there is one database', async () => {
  await use('main', ...ids)
  expect(await places({})).toEqual({
    code: 0,
    said: 'main: 20 workspaces\nEvery workspace lies where it is looked for.\n',
  })
})

test('a database that is added takes workspaces over, which pins keep where their data is', async () => {
  const [moved, movedToo] = at('north')
  await use('main', moved, `${movedToo}_test`, at('main')[0])
  const before = await places(both())
  expect(before.code).toBe(1)
  expect(before.said).toContain(`${moved} lies in main, and would be looked for in north`)
  const pins = /DATABASE_PINS=(.+)/.exec(before.said)?.[1] ?? ''
  expect(JSON.parse(pins)).toEqual({ [moved]: 'main', [movedToo]: 'main' })
  expect((await places({ ...both(), DATABASE_PINS: pins })).code).toBe(0)
})

test('a workspace that lies in two is said, for no pin helps it', async () => {
  const [split] = at('north')
  await use('main', split)
  await use('north', split)
  const { code, said } = await places(both())
  expect(code).toBe(1)
  expect(said).toContain(`${split} lies in main and north; only what is in north is seen`)
})

test('what is set up wrong is refused in a sentence', async () => {
  const { code, said } = await places({ ...both(), DATABASE_PINS: '{"ws_a":"south"}' })
  expect([code, said]).toEqual([
    2,
    expect.stringMatching(/^DATABASE_PINS pins ws_a to south, which is none of/),
  ])
})
