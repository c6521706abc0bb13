// What became of what was kept long enough.
import { z } from '@hono/zod-openapi'
import { agingRows } from '../../../application/retention-ports.ts'
import { listOf, named } from '../words.ts'
import { count, pollId, time } from './scalars.ts'

export const retired = named(
  'RetiredPolls',
  z.object({
    polls: listOf(
      'What went, or with `dryRun` would go.',
      z.object({
        pollId,
        workspaceId: z.string().describe('Whose it was.'),
        closedAt: time.describe('When it closed.'),
      }),
    ),
    failed: count.describe('Polls whose scoreboard could not be asked: the next round finds them again.'),
    nextCursor: z.string().nullable().describe('The `cursor` of the next step; null: there is none.'),
  }),
  { description: 'Polls that were kept as long as their workspace wants.' },
)

export const forgotten = named(
  'ForgottenRows',
  z.object({
    rows: z
      .object(Object.fromEntries(agingRows.map((rows) => [rows, count.describe('Rows of this kind.')])))
      .describe('By what they were; with `dryRun` counted no further than a batch.'),
    more: z.boolean().describe('Whether another batch may find more.'),
  }),
  { description: 'Rows that were older than they are kept.' },
)
