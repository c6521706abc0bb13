// What else owners and the operator send and get.
import { z } from '@hono/zod-openapi'
import { invitesBody } from '../../../representation/invites-body.ts'
import { workspaceBody } from '../../../representation/workspace-body.ts'
import { described, named } from '../words.ts'
import { count, pollId } from './scalars.ts'

export const invitesDraft = described(
  'InvitesDraft',
  invitesBody,
  { count: 'How many.' },
  'How many invite codes to make.',
)

export const invites = named(
  'Invites',
  z.object({
    first: z.int().min(1).describe('The serial of the first; they run on in the order of the codes.'),
    codes: z.array(z.string().regex(/^[0-9a-z]{4}(-[0-9a-z]{4}){4}$/)),
  }),
  { description: 'New invite codes. They are computed, not stored: shown here and never again.' },
)

export const workspaceDraft = described(
  'WorkspaceDraft',
  workspaceBody,
  {
    name: { description: 'Whose it is, up to 200 code points.', maxLength: 200 },
    plan: 'What its owner has paid for.',
  },
  'A workspace, as the operator asks for it.',
)

export const workspace = named(
  'NewWorkspace',
  z.object({
    id: z.string().regex(/^ws_[0-9a-hjkmnp-tv-z]{26}$/),
    name: z.string(),
    plan: z.enum(['free', 'pro', 'enterprise']),
    apiKey: z.string().describe('Can do everything in the workspace. Shown here and never again.'),
  }),
  { description: 'A new workspace with its first key.' },
)

export const pollIds = named(
  'PollIds',
  z.object({
    pollIds: z.array(pollId).describe('Ascending, at most 500.'),
    next: z.string().nullable().describe('The `after` of the next page; null: there is none.'),
  }),
  { description: 'Polls that are not deleted.' },
)

export const pollAudit = named(
  'PollAudit',
  z.object({
    pollId,
    shards: z.array(
      z.object({
        shard: z.int().min(0).max(255),
        verdict: z
          .enum(['equal', 'behind', 'differs'])
          .describe('`behind` is on its way; what `differs` was sent again from the start.'),
        ballotsInBox: count,
        ballotsInPostgres: count,
        seq: count.describe('How long the shard’s log is.'),
        archived: count.describe('How much of it is known to be in Postgres.'),
      }),
    ),
  }),
  { description: 'Box and Postgres, compared ballot by ballot.' },
)

export const redriven = named(
  'Redriven',
  z.object({ redriven: count.describe('How many were sent to the archive again, at most 100.') }),
  { description: 'What became of dead letters.' },
)

const check = z.array(z.object({ status: z.enum(['pass', 'warn', 'fail']) }))

export const health = named(
  'Health',
  z.object({
    status: z
      .enum(['pass', 'warn', 'fail'])
      .describe('`warn`: Postgres or Redis is away and voting goes on. `fail`: no ballot can be taken.'),
    checks: z.object({ counting: check, postgres: check, redis: check }),
  }),
  { description: 'Whether what the API needs is there.' },
)

export const alive = named('Alive', z.object({ status: z.literal('pass') }), {
  description: 'That the process answers.',
})
