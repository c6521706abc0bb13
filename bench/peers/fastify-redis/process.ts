// The peer's process: a redis-server of its own below it, and the Fastify server; ends with its parent. Word: folder.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import getPort from 'get-port'
import { Redis } from 'ioredis'
import type { PeerReady } from '../spawn-peer.ts'
import { resultsServer } from './server.ts'

const [folder = '.'] = process.argv.slice(2)
const host = '127.0.0.1'
const port = await getPort({ host })
mkdirSync(folder, { recursive: true })

// In memory only: a cache need not be durable.
const words = ['--port', String(port), '--bind', host, '--dir', folder, '--save', '', '--appendonly', 'no']
const redisServer = spawn('redis-server', words, { stdio: 'ignore' })
redisServer.once('error', (error) => {
  console.error(`redis-server cannot be started: ${error.message}`)
  process.exit(1)
})

// What is asked in one turn of the loop travels in one write: the peer gets its best.
const redis = new Redis(port, host, { enableAutoPipelining: true })
redis.on('error', () => undefined) // until it listens
await new Promise<void>((resolve) => redis.once('ready', () => resolve()))
const server = resultsServer(redis)
const origin = await server.listen({ host, port: 0 })

const ready: PeerReady = { origin }
process.send?.(ready)
process.once('disconnect', async () => {
  await server.close()
  redis.disconnect()
  redisServer.kill()
  process.exit(0)
})
