// The voting of one poll as procedures, by the Connect protocol.
import { createRoute, z } from '@hono/zod-openapi'
import { PollService } from '../../../representation/procedures.ts'
import { headers, unkept } from '../headers.ts'
import { idempotencyKey, receiptHeader, voterId } from '../parameters.ts'
import { connectError } from '../schemas/procedures.ts'
import { anybodyOrOwner } from '../security.ts'

const tags = ['Procedures']
const { method, methods, typeName } = PollService
const path = `/${typeName}/{method}`

const names = methods.map(({ name }) => name)
const quiet = methods
  .filter(({ idempotency }) => idempotency === method.getPoll.idempotency)
  .map(({ name }) => name)

const message = { type: 'object' as const, additionalProperties: true }
const messages = {
  'application/json': { schema: { ...message, description: 'The message in the JSON of Protocol Buffers.' } },
  'application/proto': { schema: { type: 'string' as const, format: 'binary' } },
}

const voter = {
  'Voter-Id': voterId,
  'Idempotency-Key': idempotencyKey,
  'Edgepoll-Receipt': receiptHeader,
}

const responses = {
  200: {
    description: 'The answer, in the encoding of the request.',
    headers: headers(
      'Idempotency-Replayed',
      'Edgepoll-Retry-Safe',
      'CDN-Cache-Control',
      'Cache-Status',
      'Cache-Tag',
      'Age',
      'Edgepoll-Stale',
      ...unkept,
    ),
    content: messages,
  },
  415: { description: 'The encoding is not understood.', headers: headers('Accept-Post', ...unkept) },
  default: {
    description:
      'An error of the protocol: its code, and the problem of REST as a detail `edgepoll.v1.Problem` and in `Edgepoll-Problem`.',
    headers: headers('Edgepoll-Problem', 'Retry-After', 'WWW-Authenticate', 'Allow', ...unkept),
    content: {
      'application/json': { schema: connectError },
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    },
  },
}

const nameOf = (known: readonly string[]) =>
  z.enum(known).openapi({ description: 'The procedure.', example: 'GetResults' })

const callProcedure = createRoute({
  operationId: 'callProcedure',
  summary: 'Call a procedure',
  description: `Unary, by the Connect protocol: ${names.map((name) => `\`${name}\``).join(', ')} of \`${typeName}\`, with the messages of proto/edgepoll/v1. Verbs, headers and refusals are those of the operations above. Use a Connect client.`,
  tags,
  ...anybodyOrOwner,
  method: 'post',
  path,
  request: {
    params: z.object({ method: nameOf(names) }),
    headers: z.object({
      'Connect-Protocol-Version': z.literal('1').optional().openapi({ description: 'Sent by clients.' }),
      ...voter,
    }),
    body: { required: true, content: messages },
  },
  responses,
})

const queryProcedure = createRoute({
  operationId: 'queryProcedure',
  summary: 'Call a procedure that changes nothing',
  description: `As GET, which caches know: ${quiet.map((name) => `\`${name}\``).join(', ')}.`,
  tags,
  ...anybodyOrOwner,
  method: 'get',
  path,
  request: {
    params: z.object({ method: nameOf(quiet) }),
    query: z.object({
      connect: z.literal('v1').optional().openapi({ description: 'The version of the protocol.' }),
      encoding: z.enum(['json', 'proto']).openapi({ description: 'How `message` is written.' }),
      message: z.string().openapi({ description: 'The request.' }),
      base64: z.literal('1').optional().openapi({ description: 'That `message` is base64url.' }),
      compression: z.string().optional().openapi({ description: 'How `message` is compressed.' }),
    }),
    headers: z.object({ 'Edgepoll-Receipt': receiptHeader }),
  },
  responses,
})

export const procedureOperations = [callProcedure, queryProcedure]
