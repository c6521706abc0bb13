// The Redis of a run: the one that REDIS_URL names, else a redis-server found on PATH, else one in memory.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis as Client } from 'ioredis'
import { redisUnreachable } from './complaint.ts'
import { freshLog } from './data-folder.ts'
import type { Nursery } from './nursery.ts'
import { freePort, host } from './ports.ts'
import { connectRedis, openRedisInMemory, type RedisStore } from './redis-store.ts'

export interface RunningRedis {
  readonly store: RedisStore
  /** Null when it is in memory: then only the gateway reaches it. */
  readonly url: string | null
  readonly pid: number | null
  readonly about: string
}

/** @throws Complaint when REDIS_URL does not answer. */
export const useRedis = async (url: string): Promise<RunningRedis> => {
  const reason = await whySilent(url)
  if (reason !== null) throw redisUnreachable(url, reason)
  return { store: await connectRedis(url), url, pid: null, about: 'yours (REDIS_URL)' }
}

/** Starts `redis-server` as a child of `nursery` when there is one. */
export const startRedis = async (nursery: Nursery, preferredPort?: number | null): Promise<RunningRedis> => {
  if (!hasRedisServer()) return inMemory('redis-server is not on PATH')
  const folder = nursery.folder.redis
  mkdirSync(folder, { recursive: true })
  const port = await freePort(preferredPort)
  const url = `redis://${host}:${port}`
  const server = await nursery.start({
    name: 'Redis',
    command: 'redis-server',
    args: [
      '--port',
      String(port),
      '--bind',
      host,
      '--dir',
      folder,
      '--appendonly',
      'yes',
      '--save',
      '',
      '--daemonize',
      'no',
    ],
    cwd: folder,
    logFile: freshLog(nursery.folder, 'redis'),
  })
  const until = Date.now() + 30_000
  const ended = () => server.process.exitCode !== null || server.process.signalCode !== null
  for (let reason = await whySilent(url); reason !== null; reason = await whySilent(url)) {
    if (ended() || Date.now() > until) return inMemory(`redis-server did not start: ${server.lastLines(1)}`)
    await pause(50)
  }
  nursery.watch(server)
  return { store: await connectRedis(url), url, pid: server.pid, about: `redis-server, on port ${port}` }
}

const inMemory = (reason: string): RunningRedis => ({
  store: openRedisInMemory(),
  url: null,
  pid: null,
  about: `in memory, empty at every start (${reason}; token buckets do not work in it)`,
})

/** Whether `redis-server` can be started here. */
export const hasRedisServer = (): boolean => spawnSync('redis-server', ['--version']).status === 0

const whySilent = async (url: string): Promise<string | null> => {
  const client = new Client(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 3_000,
    maxRetriesPerRequest: 0,
  })
  let reason = 'it refuses connections'
  client.on('error', (error) => {
    reason = error.message || reason
  })
  try {
    await client.connect()
    // While it loads its data it says so, and is not ready.
    await client.ping()
    return null
  } catch (error) {
    return error instanceof Error && error.message !== 'Connection is closed.' ? error.message : reason
  } finally {
    client.disconnect()
  }
}
