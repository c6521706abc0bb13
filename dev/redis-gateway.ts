// Speaks Upstash's REST protocol in front of a Redis, so that the Workers run their real client and limiter locally.
import { timingSafeEqual } from 'node:crypto'
import { type JsonAnswer, type JsonServer, startJsonServer } from './json-server.ts'
import { createScriptBook } from './redis-scripts.ts'
import { RedisSaysNo, type RedisStore, type Reply } from './redis-store.ts'

/** Upstash takes 1 MB in its smallest plans. */
const maxBytes = 1024 * 1024

// They change or hold the one connection all callers share.
const notHere = new Set(
  'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE MONITOR SELECT QUIT AUTH HELLO RESET CLIENT WATCH UNWATCH MULTI EXEC DISCARD BLPOP BRPOP BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT SHUTDOWN REPLICAOF'.split(
    ' ',
  ),
)

export const startRedisGateway = ({
  store,
  token,
  port = 0,
}: {
  readonly store: RedisStore
  readonly token: string
  readonly port?: number
}): Promise<JsonServer> => {
  const scripts = createScriptBook()
  const send = async (command: readonly string[]) => {
    const name = command[0]?.toUpperCase() ?? ''
    if (notHere.has(name)) throw new RedisSaysNo(`ERR Command is not available: '${name}'`)
    return store.send(scripts.translate(command))
  }
  return startJsonServer({
    port,
    maxBytes,
    refuse,
    async handle({ path, headers, body }) {
      if (!sameText(headers.authorization ?? '', `Bearer ${token}`))
        return refuse(401, 'WRONGPASS invalid or missing auth token')
      const render = headers['upstash-encoding'] === 'base64' ? base64 : text
      try {
        if (path === '/') {
          const command = readCommand(body)
          return command === null
            ? refuse(400, 'ERR failed to parse command')
            : ok({ result: render(await send(command)) })
        }
        if (path !== '/pipeline' && path !== '/multi-exec')
          return refuse(404, `ERR there is nothing at ${path}`)
        const commands = Array.isArray(body) && body.length > 0 ? body.map(readCommand) : [null]
        if (commands.includes(null)) return refuse(400, 'ERR failed to parse pipeline request')
        const all = commands.filter((command) => command !== null)
        const replies =
          path === '/pipeline'
            ? await Promise.all(all.map((command) => send(command).catch(asReply)))
            : await store.together(all.map(scripts.translate))
        return ok(replies.map((reply) => (isError(reply) ? reply : { result: render(reply) })))
      } catch (error) {
        if (error instanceof RedisSaysNo) return refuse(400, error.message)
        return refuse(
          503,
          `ERR Redis cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    },
  })
}

const ok = (body: unknown): JsonAnswer => ({ status: 200, body })

const refuse = (status: number, message: string): JsonAnswer => ({ status, body: { error: message } })

// One command of a pipeline may fail alone; a Redis that is away fails them all.
const asReply = (error: unknown): Reply => {
  if (error instanceof RedisSaysNo) return { error: error.message }
  throw error
}

const isError = (reply: Reply): reply is { readonly error: string } =>
  typeof reply === 'object' && reply !== null && 'error' in reply

const readCommand = (body: unknown): readonly string[] | null =>
  Array.isArray(body) && body.length > 0 && body.every((part) => part !== null && typeof part !== 'object')
    ? body.map(String)
    : null

const text = (reply: Reply): unknown => {
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString()
  return Array.isArray(reply) ? reply.map(text) : reply
}

// "OK" is left as it is: that is how Upstash's client tells a status from a value.
const base64 = (reply: Reply): unknown => {
  if (Array.isArray(reply)) return reply.map(base64)
  if (reply === null || typeof reply === 'number' || isError(reply)) return reply
  const bytes = Buffer.from(reply)
  return bytes.equals(status) ? 'OK' : bytes.toString('base64')
}

const status = Buffer.from('OK')

const sameText = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
