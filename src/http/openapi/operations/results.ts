// Results: read once, or watched live.
import { createRoute, z } from '@hono/zod-openapi'
import { always, negotiated } from '../always.ts'
import { spoken } from '../formats.ts'
import { cached, headers } from '../headers.ts'
import { conditional, fields, pollPath, receiptHeader, receiptQuery } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { results } from '../schemas/results.ts'
import { anybodyOrOwner } from '../security.ts'

const tags = ['Results']

const readResults = createRoute({
  operationId: 'readResults',
  summary: 'Read results',
  description:
    'A ballot shows within two seconds while anybody reads. Who sees them, and when, is the poll’s `results`; a key of its workspace with `results:read` always does, and with `Cache-Control: no-cache` asks the scoreboard itself.',
  tags,
  ...anybodyOrOwner,
  method: 'get',
  path: '/v1/polls/{pollId}/results',
  request: {
    params: pollPath,
    query: z.object({ fields }),
    headers: z.object({ ...conditional, 'Edgepoll-Receipt': receiptHeader }),
  },
  responses: {
    200: {
      description: 'How the poll stands.',
      headers: headers(...cached),
      content: spoken({
        schema: results,
        message: 'Results',
        examples: ['results'],
      }),
    },
    304: { description: 'They are as the tag says.', headers: headers(...cached) },
    ...refusals(...negotiated, 'poll-not-found', 'results-hidden', 'query-invalid'),
  },
})

const watchResults = createRoute({
  operationId: 'watchResults',
  summary: 'Watch results live',
  description: `A WebSocket. On connect and after a gap it sends \`{"type":"results", …}\` with the whole document; in between \`{"type":"delta","version","from","asOf","ballots","changed"}\` with the questions that changed since \`from\`; at the end \`{"type":"closed", …}\` and close 1000. Every text frame is JSON; what a client sends is ignored.`,
  tags,
  ...anybodyOrOwner,
  method: 'get',
  path: '/v1/polls/{pollId}/results/live',
  request: {
    params: pollPath,
    query: z.object({ receipt: receiptQuery }),
    headers: z.object({
      Upgrade: z.literal('websocket').openapi({ description: 'Sent by WebSocket clients.' }),
      'Edgepoll-Receipt': receiptHeader,
    }),
  },
  responses: {
    101: { description: 'The socket is open.', headers: headers('Upgrade') },
    ...refusals(
      ...always,
      'poll-not-found',
      'results-hidden',
      'query-invalid',
      'origin-not-allowed',
      'upgrade-required',
    ),
  },
})

export const resultsOperations = [readResults, watchResults]
