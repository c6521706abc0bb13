// The conventional way to take a ballot, as lean as it can be: Fastify, one durable insert, a unique voter index.
import { randomUUID } from 'node:crypto'
import fastify from 'fastify'
import { DatabaseError, type Pool } from 'pg'

/** Answers `POST /v1/polls/:id/ballots` with 201, or 409 for a voter who is already there. */
export const ballotServer = (pool: Pool) => {
  const server = fastify({ logger: false })
  server.post<{ Params: { id: string }; Headers: { 'voter-id': string }; Body: { answers: unknown } }>(
    '/v1/polls/:id/ballots',
    { schema: { headers: headersSchema, body: bodySchema, response: { 201: receiptSchema } } },
    async ({ params, headers, body }, reply) => {
      const [id, castAt] = [randomUUID(), new Date()]
      try {
        await pool.query({
          name: 'cast', // prepared once a connection
          text: 'insert into ballots (poll_id, voter, id, cast_at, answers) values ($1, $2, $3, $4, $5)',
          values: [params.id, headers['voter-id'], id, castAt, JSON.stringify(body.answers)],
        })
      } catch (error) {
        if (!(error instanceof DatabaseError && error.code === uniqueViolation)) throw error
        return reply.code(409).type('application/problem+json').send({ status: 409, code: 'already-voted' })
      }
      return reply.code(201).send({ id, pollId: params.id, castAt: castAt.toISOString(), revision: 1 })
    },
  )
  return server
}

/** One index, which is all that exactness needs here: a second one would only slow the peer down. */
export const ballotsTable = `
  create table ballots (
    poll_id text not null,
    voter   text not null,
    id      uuid not null,
    cast_at timestamptz not null,
    answers jsonb not null,
    primary key (poll_id, voter)
  )`

const headersSchema = {
  type: 'object',
  required: ['voter-id'],
  properties: { 'voter-id': { type: 'string', minLength: 16, maxLength: 128 } },
}

const bodySchema = {
  type: 'object',
  required: ['answers'],
  additionalProperties: false,
  properties: {
    answers: {
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'string', maxLength: 40 } },
    },
  },
}

const receiptSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    pollId: { type: 'string' },
    castAt: { type: 'string' },
    revision: { type: 'integer' },
  },
}

const uniqueViolation = '23505'
