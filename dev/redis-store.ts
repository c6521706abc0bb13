// What the Redis gateway needs from a Redis: one command, or several as one; spoken by a real server and by one in memory.
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import RedisInMemory from 'ioredis-mock'

export type Reply = Uint8Array | string | number | null | Reply[] | { readonly error: string }

export interface RedisStore {
  /** Rejects with RedisSaysNo for an error of Redis itself, with anything else when Redis cannot be asked. */
  send(command: readonly string[]): Promise<Reply>
  /** MULTI … EXEC: a failed command is an `{error}` among the replies. */
  together(commands: readonly (readonly string[])[]): Promise<readonly Reply[]>
  close(): Promise<void>
}

export class RedisSaysNo extends Error {
  override readonly name = 'RedisSaysNo'
}

/** A server at `url`. It is asked again and again in the background; meanwhile every command fails at once. */
export const connectRedis = async (url: string): Promise<RedisStore> => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    // A stalled server: callers have long given up by then, this only frees what waits for it.
    commandTimeout: 10_000,
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
  })
  redis.on('error', () => undefined)
  await new Promise<void>((resolve) => redis.once('ready', resolve).once('error', () => resolve()))
  return {
    send: ([name = '', ...args]) => redis.callBuffer(name, ...args).then(toReply, rethrow),
    async together(commands) {
      const pipeline = redis.multi()
      for (const [name = '', ...args] of commands) pipeline.callBuffer(name, ...args)
      const replies = await pipeline.exec().catch(rethrow)
      return (replies ?? []).map(([error, reply]) =>
        error === null ? toReply(reply) : { error: error.message },
      )
    },
    close: async () => redis.disconnect(),
  }
}

/** One in this process, empty at every start. Enough for sliding and fixed windows; token buckets need the real one. */
export const openRedisInMemory = (): RedisStore => {
  // A store of its own: the package otherwise shares one among all instances of the same address.
  const redis = new RedisInMemory({ host: randomUUID() })
  const commands = redis as unknown as Record<
    string,
    ((...args: readonly string[]) => Promise<unknown>) | undefined
  > // by name
  const send = async ([name = '', ...args]: readonly string[]): Promise<Reply> => {
    const command = commands[name.toLowerCase()]
    if (typeof command !== 'function')
      throw new RedisSaysNo(`ERR unknown command '${name}' (Redis in memory)`)
    // Its errors are plain ones: in memory nothing can be unreachable.
    return command
      .apply(redis, name.toLowerCase() === 'set' ? withOptionsRead(args) : args)
      .then(toReply, (error: Error) => Promise.reject(new RedisSaysNo(error.message)))
  }
  return {
    send,
    async together(all) {
      const replies: Reply[] = []
      for (const command of all)
        replies.push(await send(command).catch((error: Error) => ({ error: error.message })))
      return replies
    },
    close: async () => redis.disconnect(),
  }
}

/** The package knows the options of SET in capitals only, and passes over the others: each NX would succeed. */
const withOptionsRead = ([key = '', value = '', ...options]: readonly string[]) => [
  key,
  value,
  ...options.map((option) => option.toUpperCase()),
]

const rethrow = (error: Error): never => {
  throw error.name === 'ReplyError' || /^EXECABORT/.test(error.message)
    ? new RedisSaysNo(error.message)
    : error
}

// The client makes an object of some replies; on the wire they are flat lists.
const toReply = (value: unknown): Reply => {
  if (value === null || value === undefined) return null
  if (value instanceof Error) return { error: value.message }
  if (typeof value === 'string' || typeof value === 'number') return value
  if (value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map((item: unknown) => toReply(item))
  if (typeof value === 'object')
    return Object.entries(value)
      .flat()
      .map((item: unknown) => toReply(item))
  return String(value)
}
