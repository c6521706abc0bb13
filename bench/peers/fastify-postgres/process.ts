// The peer's process: a fresh Postgres in the folder given, and the Fastify server in front of it; ends with its parent.
import { Pool } from 'pg'
import { startPeerPostgres } from '../peer-postgres.ts'
import type { PeerReady } from '../spawn-peer.ts'
import { ballotServer, ballotsTable } from './server.ts'

const [folder = '.', connections = '32'] = process.argv.slice(2)
const postgres = await startPeerPostgres(folder)
const pool = new Pool({ ...postgres.address, max: Number(connections) })
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
