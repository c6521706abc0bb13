// The peer of B2 answers what it was given, and nothing else.

import type { Redis } from 'ioredis'
import RedisInMemory from 'ioredis-mock'
import { describe, expect, it } from 'vitest'
import { resultsServer } from '../../bench/peers/fastify-redis/server.ts'

describe('Fastify in front of Redis', () => {
  const redis = new RedisInMemory() as unknown as Redis // the same commands
  const server = resultsServer(redis)

  it('answers the results that were kept, as JSON', async () => {
    const results = { pollId: 'poll_a', ballots: 3 }
    await server.inject({ method: 'PUT', url: '/v1/polls/poll_a/results', payload: results })
    const answer = await server.inject('/v1/polls/poll_a/results')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.json()).toEqual(results)
  })

  it('answers 404 where nothing is kept', async () => {
    expect((await server.inject('/v1/polls/poll_b/results')).statusCode).toBe(404)
  })
})
