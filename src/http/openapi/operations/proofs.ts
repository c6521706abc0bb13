// Proofs: that a ballot is in the log, the log itself, and the keys that sign both.
import { createRoute, z } from '@hono/zod-openapi'
import { always, negotiated } from '../always.ts'
import { spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { ballotPath, pollPath, receiptHeader } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { checkpoints, keySet, logLine, proof } from '../schemas/proof.ts'
import { anybody, anybodyOrOwner } from '../security.ts'

const tags = ['Proofs']

/** The log shows how many have voted, so it is shown to whom results are. */
const watched = { ...anybodyOrOwner, tags, method: 'get' as const }

const proveBallot = createRoute({
  operationId: 'proveBallot',
  summary: 'Prove that a ballot is in the log',
  description:
    'For whoever knows its id and may see results, because a place in the log tells how many have voted. An erased ballot is 410, with the proof of its erasure.',
  ...watched,
  path: '/v1/polls/{pollId}/receipts/{ballotId}',
  request: { params: ballotPath, headers: z.object({ 'Edgepoll-Receipt': receiptHeader }) },
  responses: {
    200: {
      description: 'The proof.',
      headers: headers(...unkept),
      content: spoken({
        schema: proof,
        message: 'Proof',
        examples: ['proof'],
      }),
    },
    ...refusals(
      ...negotiated,
      'poll-not-found',
      'ballot-not-found',
      'ballot-erased',
      'results-hidden',
      'query-invalid',
    ),
  },
})

const readLog = createRoute({
  operationId: 'readLog',
  summary: 'Read the log of a shard',
  description:
    'One JSON document a line: first the poll, then 5,000 entries a page, last where the chain stands. Together with an export everything can be counted again without us. Shown to whom results are.',
  ...watched,
  path: '/v1/polls/{pollId}/log',
  request: {
    params: pollPath,
    query: z.object({
      shard: z
        .int()
        .min(0)
        .max(255)
        .optional()
        .openapi({ description: 'Which of the poll’s boxes.', default: 0 }),
      cursor: z
        .int()
        .min(0)
        .optional()
        .openapi({ description: 'The `seq` to go on after; `Link` names the next page.', default: 0 }),
    }),
    headers: z.object({ 'Edgepoll-Receipt': receiptHeader }),
  },
  responses: {
    200: {
      description: 'The log, a line at a time.',
      headers: headers('Link', ...unkept),
      content: { 'application/x-ndjson': { schema: logLine } },
    },
    ...refusals(...always, 'poll-not-found', 'results-hidden', 'query-invalid'),
  },
})

const readCheckpoints = createRoute({
  operationId: 'readCheckpoints',
  summary: 'Read where the log stands',
  description: 'The newest checkpoint of every shard, signed. Shown to whom results are.',
  ...watched,
  path: '/v1/polls/{pollId}/log/checkpoint',
  request: { params: pollPath, headers: z.object({ 'Edgepoll-Receipt': receiptHeader }) },
  responses: {
    200: {
      description: 'The checkpoints.',
      headers: headers(...unkept),
      content: spoken({ schema: checkpoints, examples: ['checkpoints'] }),
    },
    ...refusals(...negotiated, 'poll-not-found', 'results-hidden', 'query-invalid'),
  },
})

const readKeys = createRoute({
  operationId: 'readKeys',
  summary: 'Read the keys that sign',
  description: 'What verifies receipts and checkpoints.',
  tags,
  ...anybody,
  method: 'get',
  path: '/.well-known/jwks.json',
  responses: {
    200: {
      description: 'The public keys.',
      headers: headers('Cache-Control'),
      content: { 'application/jwk-set+json': { schema: keySet } },
    },
    ...refusals(...always),
  },
})

export const proofOperations = [proveBallot, readLog, readCheckpoints, readKeys]
