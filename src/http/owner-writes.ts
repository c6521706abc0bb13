// Every route by which an owner or the operator changes something: what the audit log calls it, and what a repeat of it is. A
// route that is missing here fails test/http/audit.test.ts, which says what to add.
import type { Scope } from '../application/ports.ts'

export interface OwnerWrite {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As the routes write it. */
  readonly path: string
  /** null: the operator's. */
  readonly scope: Scope | null
  /** In the audit log. */
  readonly action: string
  /** Its entry is part of the statement that does it, so nothing writes one afterwards. */
  readonly notedByVerb?: true
  /** It knows its own repeats: no first answer is kept for it. */
  readonly ownRepeats?: true
}

export const ownerWrites: readonly OwnerWrite[] = [
  {
    method: 'POST',
    path: '/v1/keys',
    scope: 'keys:write',
    action: 'key.issue',
    notedByVerb: true,
  },
  {
    method: 'PATCH',
    path: '/v1/keys/:keyId',
    scope: 'keys:write',
    action: 'key.rename',
    notedByVerb: true,
  },
  {
    method: 'POST',
    path: '/v1/keys/:keyId/rotate',
    scope: 'keys:write',
    action: 'key.rotate',
    notedByVerb: true,
  },
  {
    method: 'DELETE',
    path: '/v1/keys/:keyId',
    scope: 'keys:write',
    action: 'key.revoke',
    notedByVerb: true,
  },
  {
    method: 'POST',
    path: '/v1/webhooks',
    scope: 'webhooks:write',
    action: 'webhook.create',
  },
  {
    method: 'PATCH',
    path: '/v1/webhooks/:webhookId',
    scope: 'webhooks:write',
    action: 'webhook.change',
  },
  {
    method: 'DELETE',
    path: '/v1/webhooks/:webhookId',
    scope: 'webhooks:write',
    action: 'webhook.delete',
  },
  {
    method: 'POST',
    path: '/v1/webhooks/:webhookId/rotate',
    scope: 'webhooks:write',
    action: 'webhook.rotate',
  },
  {
    method: 'POST',
    path: '/v1/webhooks/:webhookId/deliveries/:deliveryId/redeliver',
    scope: 'webhooks:write',
    action: 'delivery.redeliver',
  },
  { method: 'POST', path: '/v1/polls', scope: 'polls:write', action: 'poll.create', ownRepeats: true },
  { method: 'PATCH', path: '/v1/polls/:pollId', scope: 'polls:write', action: 'poll.edit' },
  { method: 'POST', path: '/v1/polls/:pollId/open', scope: 'polls:write', action: 'poll.open' },
  { method: 'POST', path: '/v1/polls/:pollId/close', scope: 'polls:write', action: 'poll.close' },
  { method: 'POST', path: '/v1/polls/:pollId/archive', scope: 'polls:write', action: 'poll.archive' },
  { method: 'DELETE', path: '/v1/polls/:pollId', scope: 'polls:write', action: 'poll.delete' },
  {
    method: 'DELETE',
    path: '/v1/polls/:pollId/ballots/:ballotId',
    scope: 'polls:write',
    action: 'ballot.erase',
  },
  { method: 'POST', path: '/v1/polls/:pollId/invites', scope: 'polls:write', action: 'invites.issue' },
  {
    method: 'DELETE',
    path: '/v1/polls/:pollId/invites/:serial',
    scope: 'polls:write',
    action: 'invite.revoke',
  },
  { method: 'POST', path: '/v1/polls/:pollId/voters/erase', scope: 'polls:write', action: 'voter.erase' },
  {
    method: 'POST',
    path: '/v1/polls/:pollId/voters/export',
    scope: 'ballots:read',
    action: 'voter.export',
  },
  { method: 'PATCH', path: '/v1/workspace', scope: 'keys:write', action: 'workspace.edit' },
  { method: 'PATCH', path: '/v1/workspaces/:workspaceId', scope: null, action: 'workspace.edit' },
  { method: 'POST', path: '/v1/operator/retention/polls', scope: null, action: 'retention.polls' },
  { method: 'POST', path: '/v1/operator/retention/rows', scope: null, action: 'retention.rows' },
  { method: 'POST', path: '/v1/workspaces', scope: null, action: 'workspace.create' },
  { method: 'POST', path: '/v1/operator/polls/:pollId/reconcile', scope: null, action: 'poll.reconcile' },
  { method: 'POST', path: '/v1/operator/dead-letters/redrive', scope: null, action: 'letters.redrive' },
]
