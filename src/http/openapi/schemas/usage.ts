// What a workspace has used of its plan, and what the plan has.
import { z } from '@hono/zod-openapi'
import { named } from '../words.ts'
import { count, time } from './scalars.ts'

export const usage = named(
  'Usage',
  z.object({
    workspaceId: z.string().describe('The workspace of the key.'),
    mode: z.enum(['live', 'test']).describe('Of the key. What tests use is counted apart.'),
    plan: z.enum(['free', 'pro', 'enterprise']).describe('What its owner has paid for.'),
    asOf: time.describe('When polls and ballots were counted: up to a minute ago.'),
    calls: z
      .object({
        limit: count.describe('What the calls of the workspace may cost in one window. Most cost 1.'),
        windowSeconds: count.describe('How long a window is.'),
        remaining: count.describe('What is left of it after this call. As `RateLimit` says it.'),
      })
      .describe('Calls with a key of this workspace. Ballots are none, whoever sends them.'),
    polls: z
      .object({
        used: count.describe('Polls that are not deleted.'),
        limit: z.int().min(0).nullable().describe('How many there may be; null: as many as you like.'),
      })
      .describe('Polls of the workspace.'),
    ballots: z
      .object({ used: count.describe('Ballots in the archive. They have no limit.') })
      .describe('Ballots of its polls.'),
    perPoll: z
      .object({
        shards: count.describe(
          'Over how many boxes a poll may be spread: each is for 5,000 `expectedVoters`.',
        ),
        viewers: count.describe('How many may watch a poll live.'),
      })
      .describe('What each poll may have.'),
  }),
  { description: 'What a workspace has used of its plan.' },
)
