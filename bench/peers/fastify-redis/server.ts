// The conventional way to read a poll's results, as lean as it can be: Fastify, one Redis GET, the text as it lies there.
import fastify from 'fastify'
import type { Redis } from 'ioredis'

/** Answers `GET /v1/polls/:id/results` from Redis; `PUT` there keeps what is to be answered. */
export const resultsServer = (redis: Redis) => {
  const server = fastify({ logger: false })
  const keyOf = (id: string): string => `results:${id}`
  server.get<{ Params: { id: string } }>('/v1/polls/:id/results', async ({ params }, reply) => {
    const results = await redis.get(keyOf(params.id))
    if (results === null) return reply.code(404).send({ status: 404, code: 'poll-not-found' })
    return reply.type('application/json').header('cache-control', 'public, max-age=1').send(results)
  })
  server.put<{ Params: { id: string }; Body: unknown }>('/v1/polls/:id/results', async (request, reply) => {
    await redis.set(keyOf(request.params.id), JSON.stringify(request.body))
    return reply.code(204).send()
  })
  return server
}
