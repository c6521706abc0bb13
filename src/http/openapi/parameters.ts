// What requests carry beside a body: parts of the path, of the query, and headers.
import { z } from '@hono/zod-openapi'
import { problems } from '../problems.ts'
import type { Reason } from './schemas/problem.ts'

const visible = '^[\\x21-\\x7e]+$'

/** Any text is taken: an id that nobody gave out is 404, not 400. */
const id = (description: string, example: string) => z.string().openapi({ description, example })

const poll = id('The poll.', 'poll_8v930ptsjta541myn9a7hhk68g')

export const pollPath = z.object({ pollId: poll })

export const ballotPath = z.object({
  pollId: poll,
  ballotId: id('The ballot.', 'bal_pkbkqaz1h6xfjwjn0wwr0zg5s8'),
})

export const serialPath = z.object({
  pollId: poll,
  serial: z
    .int()
    .min(1)
    .max(2 ** 40 - 1)
    .openapi({ description: 'The serial of the invite: `first` of its batch and up.', example: 17 }),
})

export const questionPath = z.object({ pollId: poll, questionId: id('The question.', 'why') })

export const keyPath = z.object({ keyId: id('The key.', 'key_24bhjszjzkrkydte') })

export const webhookPath = z.object({ webhookId: id('The webhook.', 'whk_0c9bxv4m2q8r7t5w3y1z6n0pgh') })

export const deliveryPath = webhookPath.extend({
  deliveryId: id('The delivery.', 'msg_4f1e0c9bd2a75386e94d7f01b2c3a495'),
})

/** Of a list: how many a page, and where it begins. */
export const paged = {
  limit: z.int().min(1).max(100).optional().openapi({ description: 'How many a page.', default: 20 }),
  cursor: z.string().optional().openapi({ description: 'The `nextCursor` of the page before.' }),
}

export const reasonPath = z.object({
  reason: z
    .enum(Object.keys(problems) as [Reason, ...Reason[]]) // its own keys
    .openapi({ description: 'The `code` of a problem.', example: 'already-voted' }),
})

export const filePath = z.object({ file: id('The file.', 'favicon.svg') })

export const fields = z.string().optional().openapi({
  description:
    'The members to answer with, such as `title,questions(id,prompt)`; `id` always comes along. Without it: all of them. With it no Protocol Buffers.',
  example: 'title,questions(id,prompt)',
})

export const receiptQuery = z.string().optional().openapi({
  description: 'A receipt of this poll, for sockets, which cannot send headers.',
})

export const versionQuery = z.int().min(0).optional().openapi({
  description: 'The version of the results that the viewer has seen already: no lower one is sent.',
  example: 42,
})

export const lastEventId = z.string().optional().openapi({
  description: 'Sent by event streams that come back: only versions after this one are sent.',
  example: '42',
})

export const receiptHeader = z.string().optional().openapi({
  description: 'A receipt of this poll: shows results of a poll whose `results` is `after-vote`.',
})

export const voterId = z.string().min(16).max(128).optional().openapi({
  description:
    'Names the voter: whatever the client chose and keeps. Required where a poll counts by `session`.',
  pattern: visible,
  example: 'voter-0000-0000-0001',
})

export const idempotencyKey = z.string().min(1).max(255).optional().openapi({
  description:
    'Names the request: a repeat with the same key and content gets the first answer, with other content 422. A quoted form is the same key.',
  pattern: visible,
  example: '9f4c0d2e-7b1a-4f7e-8a55-0a6a5b1d3c11',
})

/** Of a POST that is done once. */
export const once = z.object({ 'Idempotency-Key': idempotencyKey })

export const ifNoneMatch = z.string().optional().openapi({
  description: 'Tags that are known already, or `*`: 304 where one still holds. Compared weakly.',
  example: '"results-42-json"',
})

export const ifMatch = z.string().openapi({
  description:
    'The `ETag` of the poll as it was read, or `*` for whatever is there. `W/` and the representation are ignored.',
  example: '"poll-1-json"',
})

/** Reads, conditional. */
export const conditional = { 'If-None-Match': ifNoneMatch }
