// Every place a stack keeps something in, searched for texts: raw files byte by byte, stores as they answer.
import { copyFileSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { DevFacts } from '../../dev/dev-file.ts'

/** Texts by what they are, and where each was found. */
export type Markers = Readonly<Record<string, string>>
export type Sightings = Readonly<Record<string, readonly string[]>>

/** What the stack writes down for people who develop on this machine: its own keys, on purpose. */
const forDevelopers = /(^|\/)(dev|secrets|running)\.json$/

/** The files below a folder that hold a marker, raw: free pages and write-ahead logs too. */
export const inFiles = (folder: string, markers: Markers): Sightings => {
  const found: Record<string, string[]> = {}
  for (const file of globSync('**/*', { cwd: folder })) {
    if (forDevelopers.test(file)) continue
    const bytes = bytesOf(join(folder, file))
    if (bytes === null) continue
    for (const [name, text] of Object.entries(markers)) if (bytes.includes(text)) note(found, name, file)
  }
  return found
}

const note = (found: Record<string, string[]>, name: string, place: string): void => {
  found[name] = [...(found[name] ?? []), place]
}

/** null: a folder, a socket, or a file that has just gone. */
const bytesOf = (path: string): Buffer | null => {
  try {
    return statSync(path).isFile() ? readFileSync(path) : null
  } catch {
    return null
  }
}

/** The tables of Durable Objects that hold a marker in a row, as the objects themselves would read them. */
export const inObjects = (state: string, markers: Markers): Sightings =>
  inCopies(state, markers, (copy) => tablesOf(copy))

/** The files of Durable Objects that hold a marker in any byte, free ones included, after the write-ahead log has been written
 *  back into them: what is left when the platform has done the same. */
export const inObjectFiles = (state: string, markers: Markers): Sightings =>
  inCopies(state, markers, (copy) => {
    const database = new DatabaseSync(copy)
    database.exec('pragma wal_checkpoint(truncate)')
    database.close()
    return [['file', readFileSync(copy).toString('latin1')]]
  })

/** The keys of KV that hold a marker, in their names, their metadata or their values. */
export const inKeyValues = (state: string, markers: Markers): Sightings => {
  const found: Record<string, string[]> = {}
  for (const { value: entry, file } of rowsIn(state, '_mf_entries')) {
    const [blob] = globSync(`**/kv/*/blobs/${entry['blob_id']}`, { cwd: state })
    if (!file.includes('/kv/') || blob === undefined) continue
    const text = `${Object.values(entry).join(' ')} ${bytesOf(join(state, blob))?.toString('latin1')}`
    for (const [name, marker] of Object.entries(markers))
      if (text.includes(marker)) note(found, name, String(entry['key']))
  }
  return found
}

/** Of each box that holds something whether all of it is archived; otherwise messages may be in the queue, or will be. */
export const archivedBoxes = (state: string): readonly boolean[] => {
  const last = new Map<string, number>()
  for (const { value, file } of rowsIn(state, 'log'))
    last.set(file, Math.max(last.get(file) ?? 0, Number(value['last'])))
  return rowsIn(state, 'box').flatMap(({ value, file }) => {
    const end = last.get(file)
    return end === undefined ? [] : [Number(value['archived']) >= end]
  })
}

/** All rows of this table, wherever there is one. */
const rowsIn = (state: string, table: string) => {
  const rows: { readonly value: Record<string, unknown>; readonly file: string }[] = []
  inCopies(state, {}, (copy, file) => {
    const database = new DatabaseSync(copy, { readBigInts: true })
    if (database.prepare('select 1 from sqlite_master where name = ?').get(table) !== undefined)
      for (const value of database.prepare(`select * from "${table}"`).all()) rows.push({ value, file })
    database.close()
    return []
  })
  return rows
}

/** Looks into copies, since the objects are at work on theirs. */
const inCopies = (
  state: string,
  markers: Markers,
  look: (copy: string, file: string) => readonly (readonly [string, string])[],
): Sightings => {
  const copies = mkdtempSync(join(tmpdir(), 'edgepoll-canary-'))
  try {
    const found: Record<string, string[]> = {}
    for (const file of globSync('**/*.sqlite', { cwd: state })) {
      const copy = join(copies, basename(file))
      copyFileSync(join(state, file), copy)
      if (existsSync(`${join(state, file)}-wal`)) copyFileSync(`${join(state, file)}-wal`, `${copy}-wal`)
      const kind = file.split('/').at(-2) ?? ''
      for (const [place, content] of look(copy, file))
        for (const [name, text] of Object.entries(markers))
          if (content.includes(text)) note(found, name, `${kind} ${place}`)
    }
    return found
  } finally {
    rmSync(copies, { recursive: true, force: true })
  }
}

const tablesOf = (file: string): readonly (readonly [string, string])[] => {
  const database = new DatabaseSync(file, { readBigInts: true })
  try {
    return database
      .prepare("select name from sqlite_master where type = 'table'")
      .all()
      .map(({ name }) => {
        const rows = database.prepare(`select * from "${String(name)}"`).all()
        const cells = rows.flatMap((row) => Object.values(row))
        return [
          String(name),
          cells
            .map((cell) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : String(cell)))
            .join('\n'),
        ] as const
      })
  } finally {
    database.close()
  }
}

/** The tables of Postgres that hold a marker in a row; partitions one by one, each by the name of its table. */
export const inPostgres = async (url: string, markers: Markers): Promise<Sightings> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    )
    const found: Record<string, string[]> = {}
    for (const { name: table } of tables) {
      const { rows } = await client.query<{ line: string }>(`select t::text as line from "${table}" as t`)
      const dump = rows.map(({ line }) => line).join('\n')
      for (const [name, text] of Object.entries(markers))
        if (dump.includes(text)) note(found, name, table.replace(/_p\d\d$/, ''))
    }
    return found
  } finally {
    await client.end()
  }
}

/** The keys of Redis that hold a marker, in their names or values. */
export const inRedis = async (
  { redisRestUrl, redisRestToken }: Pick<DevFacts, 'redisRestUrl' | 'redisRestToken'>,
  markers: Markers,
): Promise<Sightings> => {
  const ask = async (...command: string[]) => {
    const answer = await fetch(redisRestUrl, {
      method: 'POST',
      headers: { Authorization: `Bearer ${redisRestToken}` },
      body: JSON.stringify(command),
    })
    return ((await answer.json()) as { result?: unknown }).result
  }
  const found: Record<string, string[]> = {}
  for (const key of ((await ask('KEYS', '*')) as string[]).map(String)) {
    const type = String(await ask('TYPE', key))
    const read =
      { string: ['GET'], hash: ['HGETALL'], list: ['LRANGE'], set: ['SMEMBERS'], zset: ['ZRANGE'] }[type] ??
      []
    const ends = type === 'list' || type === 'zset' ? ['0', '-1'] : []
    const value = read[0] === undefined ? '' : JSON.stringify(await ask(read[0], key, ...ends))
    for (const [name, text] of Object.entries(markers))
      if (`${key} ${value}`.includes(text)) note(found, name, key)
  }
  return found
}
