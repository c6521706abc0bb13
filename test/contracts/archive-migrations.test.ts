// The migrations say all that the schema says: generating now would write nothing.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { migrate } from '../../dev/migrate.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()

test('drizzle-kit finds nothing to write', async () => {
  const copy = await copyOfMigrations()
  // drizzle-kit puts `./` before its out folder, and so breaks an absolute one
  const { stdout } = await drizzleKit(
    'generate',
    '--dialect',
    'postgresql',
    '--schema',
    './src/archive/schema.ts',
    '--out',
    relative('.', copy),
  )
  expect(stdout).toContain('No schema changes')
  expect(await contentsOf(copy)).toEqual(await contentsOf('migrations'))
})

test('drizzle-kit finds its snapshots whole and without collisions', async () => {
  const { stdout } = await drizzleKit('check', '--dialect', 'postgresql', '--out', 'migrations')
  expect(stdout).toContain("Everything's fine")
})

test('of two migrators at once one applies everything, the other finds nothing left; a dry run applies nothing', async () => {
  await postgres.query('create database fresh')
  const url = new URL(postgres.url)
  url.pathname = '/fresh'
  const pending = await migrate(url.href, { dryRun: true })
  expect(pending.length).toBeGreaterThan(5)
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  onTestFinished(() => client.end())
  const known = `select to_regclass('public.ballots') is not null as known`
  expect((await client.query(known)).rows).toEqual([{ known: false }])

  const both = await Promise.all([migrate(url.href), migrate(url.href)])
  expect(both.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, pending.length])
  expect((await client.query(known)).rows).toEqual([{ known: true }])
  expect(await migrate(url.href, { dryRun: true })).toEqual([])
})

const drizzleKit = (...words: readonly string[]) =>
  promisify(execFile)(process.execPath, ['node_modules/drizzle-kit/bin.cjs', ...words])

const copyOfMigrations = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'edgepoll-migrations-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp('migrations', folder, { recursive: true })
  return folder
}

const contentsOf = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(
      files.sort().map(async (path) => [relative(folder, path), await readFile(path, 'utf8')]),
    ),
  )
}
