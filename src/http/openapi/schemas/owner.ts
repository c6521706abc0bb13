// What else owners and the operator send and get.
import { z } from '@hono/zod-openapi'
import { invitesBody } from '../../../representation/invites-body.ts'
import { ownWorkspacePatch, workspaceBody, workspacePatch } from '../../../representation/workspace-body.ts'
import { described, listOf, named } from '../words.ts'
import { count, pollId, shard, time } from './scalars.ts'

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
    codes: listOf('One a voter.', z.string().regex(/^[0-9a-z]{4}(-[0-9a-z]{4}){4}$/)),
  }),
  { description: 'New invite codes. They are computed, not stored: shown here and never again.' },
)

export const invitesPage = named(
  'InvitesPage',
  z.object({
    data: listOf(
      'By serial.',
      z.object({
        serial: z.int().min(1).describe('What it is revoked by.'),
        issuedAt: time.describe('When it was made.'),
        revoked: z.boolean().describe('Whether it is good for no ballot any more.'),
        revokedAt: time.nullable().describe('When it was revoked, where that was written down.'),
      }),
    ),
    nextCursor: z.string().nullable().describe('The `cursor` of the next page; null: this is the last.'),
  }),
  { description: 'A page of issued invites, without their codes.' },
)
const retention = 'How many days a poll is kept after it closed; null: until its owner deletes it.'
const retained = z.int().min(1).max(3_650).nullable().describe(retention)
const plan = z.enum(['free', 'pro', 'enterprise']).describe('What its owner has paid for.')
const workspaceId = z
  .string()
  .regex(/^ws_[0-9a-hjkmnp-tv-z]{26}$/)
  .describe('The workspace’s id.')

export const workspaceDraft = described(
  'WorkspaceDraft',
  workspaceBody,
  {
    name: { description: 'Whose it is, up to 200 code points.', maxLength: 200 },
    plan: 'What its owner has paid for.',
    retentionDays: retention,
  },
  'A workspace, as the operator asks for it.',
)

export const workspaceChange = described(
  'WorkspaceChange',
  workspacePatch,
  {
    name: { description: 'Whose it is, up to 200 code points.', maxLength: 200 },
    retentionDays: retention,
  },
  'What the operator changes of a workspace.',
)

export const ownWorkspaceChange = described(
  'OwnWorkspaceChange',
  ownWorkspacePatch,
  { retentionDays: retention },
  'What an owner changes of their workspace.',
)

export const workspaceRead = named(
  'Workspace',
  z.object({
    id: workspaceId,
    name: z.string().describe('Whose it is.'),
    plan,
    retentionDays: retained,
    createdAt: time.describe('When it was made.'),
  }),
  { description: 'A workspace.' },
)

export const workspace = named(
  'NewWorkspace',
  z.object({
    id: workspaceId,
    name: z.string().describe('Whose it is.'),
    plan,
    retentionDays: retained,
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
    shards: listOf(
      'Every box of the poll.',
      z.object({
        shard,
        verdict: z
          .enum(['equal', 'behind', 'differs'])
          .describe('`behind` is on its way; what `differs` was sent again from the start.'),
        ballotsInBox: count.describe('Ballots that have answers there.'),
        ballotsInPostgres: count.describe('And there.'),
        seq: count.describe('How long the shard’s log is.'),
        archived: count.describe('How much of it is known to be in Postgres.'),
      }),
    ),
    rollups: z
      .enum(['equal', 'recounted'])
      .describe('Whether what is counted in Postgres agreed with the ballots there, or was counted anew.'),
  }),
  { description: 'Box and Postgres, compared ballot by ballot.' },
)

export const redriven = named(
  'Redriven',
  z.object({ redriven: count.describe('How many were sent to the archive again, at most 100.') }),
  { description: 'What became of dead letters.' },
)

const check = (description: string) =>
  listOf(description, z.object({ status: z.enum(['pass', 'warn', 'fail']).describe('How it is.') }))

export const health = named(
  'Health',
  z.object({
    status: z
      .enum(['pass', 'warn', 'fail'])
      .describe('`warn`: something is away that voting goes on without. `fail`: no ballot can be taken.'),
    checks: z
      .object({
        counting: check('Whether a scoreboard answers.'),
        postgres: check('Whether Postgres answers.'),
        redis: check('Whether Redis answers.'),
        kv: check('Whether the memory that all locations share answers.'),
      })
      .describe('What was asked.'),
  }),
  { description: 'Whether what the API needs is there.' },
)

export const alive = named(
  'Alive',
  z.object({
    status: z.literal('pass').describe('Always this.'),
    releaseId: z.string().optional().describe('The version of the API that answers.'),
  }),
  { description: 'That the process answers.' },
)
