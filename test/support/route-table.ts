// Who may ask each route, written down beside the code and held to it: a route without a line here fails the tenant matrix.
import type { Scope } from '../../src/application/ports.ts'
import { createApp } from '../../src/http/app.ts'
import { type Api, lunch } from './api.ts'

/** `anybody`: nothing of an owner's · `voter`: whoever may vote or watch · `any key`: of a workspace, whatever its scopes. */
export type Access = Scope | 'anybody' | 'voter' | 'operator' | 'any key'

export const access: Readonly<Record<string, Access>> = {
  'GET /.well-known/jwks.json': 'anybody',
  'GET /assets/:file': 'anybody',
  'GET /docs': 'anybody',
  'GET /docs/:file': 'anybody',
  'GET /edgepoll.v1.PollService/:method': 'voter',
  'POST /edgepoll.v1.PollService/:method': 'voter',
  'GET /livez': 'anybody',
  'GET /openapi-3.0.json': 'anybody',
  'GET /openapi.json': 'anybody',
  'GET /p/:pollId': 'voter',
  'POST /p/:pollId': 'voter',
  'GET /problems/:reason': 'anybody',
  'GET /readyz': 'anybody',
  'GET /metrics': 'operator',
  'POST /v1/rum': 'anybody',
  'GET /v1/audit-log': 'keys:write',
  'GET /v1/keys': 'keys:write',
  'POST /v1/keys': 'keys:write',
  'GET /v1/keys/:keyId': 'keys:write',
  'PATCH /v1/keys/:keyId': 'keys:write',
  'DELETE /v1/keys/:keyId': 'keys:write',
  'POST /v1/keys/:keyId/rotate': 'keys:write',
  'POST /v1/operator/dead-letters/redrive': 'operator',
  'GET /v1/operator/polls': 'operator',
  'POST /v1/operator/polls/:pollId/reconcile': 'operator',
  'POST /v1/operator/retention/polls': 'operator',
  'POST /v1/operator/retention/rows': 'operator',
  'GET /v1/polls': 'polls:read',
  'POST /v1/polls': 'polls:write',
  'GET /v1/polls/:pollId': 'voter',
  'PATCH /v1/polls/:pollId': 'polls:write',
  'DELETE /v1/polls/:pollId': 'polls:write',
  'POST /v1/polls/:pollId/archive': 'polls:write',
  'GET /v1/polls/:pollId/ballots': 'ballots:read',
  'POST /v1/polls/:pollId/ballots': 'voter',
  'GET /v1/polls/:pollId/ballots/:ballotId': 'ballots:read',
  'DELETE /v1/polls/:pollId/ballots/:ballotId': 'polls:write',
  'GET /v1/polls/:pollId/ballots/mine': 'voter',
  'PUT /v1/polls/:pollId/ballots/mine': 'voter',
  'POST /v1/polls/:pollId/close': 'polls:write',
  'GET /v1/polls/:pollId/export': 'exports:read',
  'GET /v1/polls/:pollId/invites': 'polls:read',
  'POST /v1/polls/:pollId/invites': 'polls:write',
  'DELETE /v1/polls/:pollId/invites/:serial': 'polls:write',
  'GET /v1/polls/:pollId/log': 'voter',
  'GET /v1/polls/:pollId/log/checkpoint': 'voter',
  'POST /v1/polls/:pollId/open': 'polls:write',
  'GET /v1/polls/:pollId/questions/:questionId/texts': 'ballots:read',
  'GET /v1/polls/:pollId/receipts/:ballotId': 'voter',
  'GET /v1/polls/:pollId/results': 'voter',
  'GET /v1/polls/:pollId/results/breakdown': 'results:read',
  'GET /v1/polls/:pollId/results/live': 'voter',
  'GET /v1/polls/:pollId/results/timeline': 'results:read',
  'POST /v1/polls/:pollId/voters/erase': 'polls:write',
  'POST /v1/polls/:pollId/voters/export': 'ballots:read',
  'GET /v1/usage': 'any key',
  'GET /v1/workspace': 'any key',
  'PATCH /v1/workspace': 'keys:write',
  'GET /v1/webhooks': 'webhooks:write',
  'POST /v1/webhooks': 'webhooks:write',
  'GET /v1/webhooks/:webhookId': 'webhooks:write',
  'PATCH /v1/webhooks/:webhookId': 'webhooks:write',
  'DELETE /v1/webhooks/:webhookId': 'webhooks:write',
  'GET /v1/webhooks/:webhookId/deliveries': 'webhooks:write',
  'POST /v1/webhooks/:webhookId/deliveries/:deliveryId/redeliver': 'webhooks:write',
  'POST /v1/webhooks/:webhookId/rotate': 'webhooks:write',
  'POST /v1/workspaces': 'operator',
  'GET /v1/workspaces/:workspaceId': 'operator',
  'PATCH /v1/workspaces/:workspaceId': 'operator',
}

/** The ids of an owner's things, by the parameters that name them. */
export type Ids = Readonly<Record<string, string>>

interface Thing {
  readonly missing: string
  readonly make: (api: Pick<Api, 'ask' | 'tellWebhook'>, key: string, made?: Ids) => Promise<string>
}

/** Something of the owner's for each parameter of a path, and an id of its kind that nobody gave out. What lies in another is made in
 *  the one that was `made` before. */
export const things: Readonly<Record<string, Thing>> = {
  pollId: {
    missing: 'poll_0123456789abcdefghjkmnpqrs',
    make: async (api, key) => {
      const { json } = await api.ask('POST', '/v1/polls', { key, body: { ...lunch, results: 'hidden' } })
      return json.id
    },
  },
  keyId: {
    missing: 'key_0123456789abcdef',
    make: async (api, key) => {
      const body = { name: 'A thing', scopes: ['polls:read'] }
      return (await api.ask('POST', '/v1/keys', { key, body })).json.id
    },
  },
  webhookId: {
    missing: 'whk_0123456789abcdefghjkmnpqrs',
    make: async (api, key) => {
      const body = { url: 'https://example.com/hook' }
      return (await api.ask('POST', '/v1/webhooks', { key, body })).json.id
    },
  },
  deliveryId: {
    missing: `msg_${'0'.repeat(32)}`,
    make: async (api, _key, { webhookId = '' } = {}) => api.tellWebhook(webhookId),
  },
  questionId: { missing: 'nowhere', make: async () => 'why' },
  ballotId: {
    missing: 'bal_0123456789abcdefghjkmnpqrs',
    make: async (api, _key, { pollId } = {}) => {
      const headers = { 'Voter-Id': 'a-voter-of-the-matrix' }
      const order = { headers, body: { answers: { where: ['pizza'], why: 'Because.' } } }
      return (await api.ask('POST', `/v1/polls/${pollId}/ballots`, order)).json.id
    },
  },
  // A number within its poll: two are issued, so that the second is none of a poll with one.
  serial: {
    missing: '999',
    make: async (api, key, { pollId } = {}) => {
      await api.ask('POST', `/v1/polls/${pollId}/invites`, { key, body: { count: 2 } })
      return '2'
    },
  },
}

/** One of everything, by whoever has this key. */
export const everyThing = async (api: Pick<Api, 'ask' | 'tellWebhook'>, key: string): Promise<Ids> => {
  const made: Record<string, string> = {}
  for (const [name, { make }] of Object.entries(things)) made[name] = await make(api, key, made)
  return made
}

/** For each kind of thing an id that nobody gave out. */
export const missingIds: Ids = Object.fromEntries(
  Object.entries(things).map(([name, { missing }]) => [name, missing]),
)

/** The app's own routes. */
export const routesOf = (api: Pick<Api, 'services'>): readonly string[] => [
  ...new Set(
    createApp(api.services)
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  ),
]

export const parametersOf = (route: string): readonly string[] =>
  [...route.matchAll(/:(\w+)/g)].map(([, name = '']) => name)

/** A path with these in the place of its parameters. */
export const pathOf = (route: string, ids: Readonly<Record<string, string>>): string =>
  (route.split(' ')[1] ?? '').replaceAll(/:(\w+)/g, (_parameter, name) => ids[name] ?? 'none')

/** Routes that any key of a workspace may ask, whatever its scopes. */
export const keyRoutes = Object.entries(access).flatMap(([route, who]) => (who === 'any key' ? [route] : []))

/** Routes that only an owner may ask, with the scope they ask for. */
export const ownerRoutes = Object.entries(access).flatMap(([route, who]) =>
  who === 'anybody' || who === 'voter' || who === 'operator' || who === 'any key'
    ? []
    : [[route, who] as const],
)
