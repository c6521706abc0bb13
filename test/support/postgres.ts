// A real Postgres for the tests of one file: embedded, migrated, with the Neon gateway in front, gone afterwards.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clearLockedPorts } from 'get-port'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { type DataFolder, openDataFolder } from '../../dev/data-folder.ts'
import { migrate } from '../../dev/migrate.ts'
import { type NeonGateway, startNeonGateway } from '../../dev/neon-gateway.ts'
import { createNursery, type Nursery } from '../../dev/nursery.ts'
import { startPostgres } from '../../dev/postgres.ts'

export interface TestPostgres {
  /** For Postgres' own protocol, as the owner of the tables; the address stays the same over `stop` and `start`. */
  readonly url: string
  /** For `openDatabase`: where the gateway takes SQL. It stays up while Postgres is stopped. */
  readonly endpoint: string
  /** For `openDatabase`: every statement is asked as it is in production, with an end that Postgres keeps. */
  readonly statementMs: number
  /** For a superuser. */
  readonly adminUrl: string
  /** The folder that its files are below. */
  readonly folder: DataFolder
  /** Asks past the room under test. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** A session of its own, for transactions and settings. */
  session<Answer>(use: (client: pg.ClientBase) => Promise<Answer>): Promise<Answer>
  stop(): Promise<void>
  start(): Promise<void>
}

/** Call it once, at the top of a test file. Its members may be used from the first test on. */
export const withPostgres = (): TestPostgres => {
  let server: Server | null = null
  let gateway: NeonGateway | null = null
  let sessions: pg.Pool | null = null
  beforeAll(async () => {
    server = await startServer()
    await migrate(server.url)
    gateway = await startNeonGateway({ databaseUrl: server.url })
    sessions = new pg.Pool({ connectionString: server.url })
    sessions.on('error', () => undefined) // a test that stops Postgres expects it
  }, 60_000)
  afterAll(async () => {
    await sessions?.end()
    await gateway?.stop()
    await server?.remove()
  }, 30_000)
  const session = async <Answer>(use: (client: pg.ClientBase) => Promise<Answer>): Promise<Answer> => {
    const client = await up(sessions).connect()
    try {
      return await use(client)
    } finally {
      client.release(true) // with whatever was set or begun in it
    }
  }
  return {
    get url() {
      return up(server).url
    },
    get endpoint() {
      return up(gateway).endpoint
    },
    statementMs: 30_000,
    get adminUrl() {
      return up(server).adminUrl
    },
    get folder() {
      return up(server).folder
    },
    query: async (text, values = []) => (await up(sessions).query(text, [...values])).rows,
    session,
    stop: () => up(server).stop(),
    start: () => up(server).start(),
  }
}

interface Server {
  readonly url: string
  readonly adminUrl: string
  readonly folder: DataFolder
  stop(): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

const startServer = async (): Promise<Server> => {
  const root = await mkdtemp(join(tmpdir(), 'edgepoll-postgres-'))
  await chmod(root, 0o711) // where we are root Postgres runs as somebody else, who must be able to pass
  const folder = openDataFolder(root)
  let nursery = nurseryFor(folder)
  const { url, adminUrl } = await startPostgres(nursery)
  const port = Number(new URL(url).port)
  return {
    url,
    adminUrl: adminUrl ?? url, // it is ours: it has one
    folder,
    stop: () => nursery.stopAll(),
    start: async () => {
      clearLockedPorts() // get-port does not give one port out twice within half a minute
      nursery = nurseryFor(folder)
      await startPostgres(nursery, port)
    },
    remove: async () => {
      await nursery.stopAll()
      await rm(root, { recursive: true, force: true })
    },
  }
}

export const nurseryFor = (folder: DataFolder): Nursery => createNursery(folder, { ownGroups: false })

const up = <Part>(part: Part | null): Part => {
  if (part === null)
    throw new Error('Postgres is there from the first test on, not while tests are collected')
  return part
}
