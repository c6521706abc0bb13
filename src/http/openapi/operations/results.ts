// Results: read once, or watched live.
import { createRoute, z } from '@hono/zod-openapi'
import { always, negotiated } from '../always.ts'
import { spoken } from '../formats.ts'
import { cached, headers, unkept } from '../headers.ts'
import {
  conditional,
  fields,
  lastEventId,
  pollPath,
  receiptHeader,
  receiptQuery,
  versionQuery,
} from '../parameters.ts'
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
      headers: headers(...cached, 'Edgepoll-Poll-After', 'Edgepoll-Viewers'),
      content: spoken({
        schema: results,
        message: 'Results',
        examples: ['results'],
      }),
    },
    304: {
      description: 'They are as the tag says.',
      headers: headers(...cached, 'Edgepoll-Poll-After', 'Edgepoll-Viewers'),
    },
    ...refusals(...negotiated, 'poll-not-found', 'results-hidden', 'query-invalid'),
  },
})

const watchResults = createRoute({
  operationId: 'watchResults',
  summary: 'Watch results live',
  description: `A WebSocket. On connect and after a gap it sends \`{"type":"results", …}\` with the whole document; in between \`{"type":"delta","version","from","asOf","ballots","changed"}\` with the questions that changed since \`from\`; at the end \`{"type":"closed", …}\` and close 1000. Versions rise. Frames are JSON in text, or with the subprotocol \`edgepoll.msgpack\` MessagePack in binary. A viewer may say \`ping\`, every 30 seconds say, and is answered \`pong\`; one that has done so and falls silent for longer than a minute is sent nothing until it is heard again. Whatever else it says ends the socket with 1008, or 1009 where it is long; 1008 also comes when fewer may watch, 1013 asks to connect again.

With \`Accept: text/event-stream\` server-sent events: \`event: results\`, \`id: <version>\`, the whole document. The stream ends after some minutes, and a browser comes back with \`Last-Event-ID\`; after the final result it is answered 204, and stays away.`,
  tags,
  ...anybodyOrOwner,
  method: 'get',
  path: '/v1/polls/{pollId}/results/live',
  request: {
    params: pollPath,
    query: z.object({ receipt: receiptQuery, version: versionQuery }),
    headers: z.object({
      Upgrade: z.literal('websocket').optional().openapi({ description: 'Sent by WebSocket clients.' }),
      'Last-Event-ID': lastEventId,
      'Edgepoll-Receipt': receiptHeader,
    }),
  },
  responses: {
    101: {
      description: 'The socket is open.',
      headers: headers('Upgrade', 'Sec-WebSocket-Protocol', 'Cache-Control'),
    },
    200: {
      description: 'The stream is open.',
      headers: headers(...unkept),
      content: { 'text/event-stream': { schema: { type: 'string' as const } } },
    },
    204: {
      description: 'The final result has been seen: nothing will come any more.',
      headers: headers(...unkept),
    },
    ...refusals(
      ...always,
      'poll-not-found',
      'results-hidden',
      'query-invalid',
      'origin-not-allowed',
      'upgrade-required',
      'too-many-sockets',
      'audience-full',
      'overloaded',
    ),
  },
})

export const resultsOperations = [readResults, watchResults]
