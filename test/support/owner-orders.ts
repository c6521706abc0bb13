// How each route that changes something is asked so that it goes well: what the audit log and repeats are tested by.
import type { Answer, Api } from './api.ts'
import { lunch, rootKey } from './api.ts'
import { things } from './route-table.ts'

export interface OwnerOrder {
  readonly path: string
  /** Whose entry in the audit log it is, where not of the first workspace. */
  readonly workspaceId?: string
  readonly key: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  /** What its entry in the audit log is about; null: whatever the answer made. */
  readonly target: string | null
}

/** All that an order needs of an API: it may be another than that of test/support/api.ts. */
export type Asked = Pick<Api, 'ask' | 'key' | 'vote' | 'tellWebhook'>

type Make = (api: Asked, key: string) => Promise<Omit<OwnerOrder, 'key'> & { readonly key?: string }>

/** By route, as `ownerWrites` names them. */
export const ownerOrders: Readonly<Record<string, Make>> = {
  'POST /v1/keys': async () => ({
    path: '/v1/keys',
    body: { name: 'Another', scopes: ['polls:read'] },
    target: null,
  }),
  'PATCH /v1/keys/:keyId': async (api, key) => {
    const id = await a('keyId', api, key)
    return { path: `/v1/keys/${id}`, body: { name: 'Renamed' }, target: id }
  },
  'POST /v1/keys/:keyId/rotate': async (api, key) => {
    const id = await a('keyId', api, key)
    return { path: `/v1/keys/${id}/rotate`, body: { overlapSeconds: 60 }, target: id }
  },
  'DELETE /v1/keys/:keyId': async (api, key) => {
    const id = await a('keyId', api, key)
    return { path: `/v1/keys/${id}`, target: id }
  },
  'POST /v1/webhooks': async () => ({
    path: '/v1/webhooks',
    body: { url: 'https://example.com/hook' },
    target: null,
  }),
  'PATCH /v1/webhooks/:webhookId': async (api, key) => {
    const id = await a('webhookId', api, key)
    return { path: `/v1/webhooks/${id}`, body: { description: 'Mine' }, target: id }
  },
  'DELETE /v1/webhooks/:webhookId': async (api, key) => {
    const id = await a('webhookId', api, key)
    return { path: `/v1/webhooks/${id}`, target: id }
  },
  'POST /v1/webhooks/:webhookId/rotate': async (api, key) => {
    const id = await a('webhookId', api, key)
    return { path: `/v1/webhooks/${id}/rotate`, body: { overlapSeconds: 60 }, target: id }
  },
  'POST /v1/webhooks/:webhookId/deliveries/:deliveryId/redeliver': async (api, key) => {
    const id = await a('webhookId', api, key)
    const delivery = await api.tellWebhook(id)
    return { path: `/v1/webhooks/${id}/deliveries/${delivery}/redeliver`, target: `${id}/${delivery}` }
  },
  'POST /v1/polls': async () => ({ path: '/v1/polls', body: lunch, target: null }),
  'PATCH /v1/polls/:pollId': async (api, key) => {
    const id = await a('pollId', api, key)
    return { path: `/v1/polls/${id}`, headers: { 'If-Match': '*' }, body: { title: 'Dinner?' }, target: id }
  },
  'POST /v1/polls/:pollId/open': ofPoll('open'),
  'POST /v1/polls/:pollId/close': ofPoll('close'),
  'POST /v1/polls/:pollId/archive': ofPoll('archive'),
  'DELETE /v1/polls/:pollId': ofPoll(''),
  'DELETE /v1/polls/:pollId/ballots/:ballotId': async (api, key) => {
    const { json } = await api.ask('POST', '/v1/polls', { key, body: lunch })
    const ballot = (await api.vote(json.id)).json.id
    return { path: `/v1/polls/${json.id}/ballots/${ballot}`, target: `${json.id}/${ballot}` }
  },
  'POST /v1/polls/:pollId/invites': async (api, key) => {
    const id = await a('pollId', api, key)
    return { path: `/v1/polls/${id}/invites`, body: { count: 3 }, target: id }
  },
  'DELETE /v1/polls/:pollId/invites/:serial': async (api, key) => {
    const id = await a('pollId', api, key)
    await api.ask('POST', `/v1/polls/${id}/invites`, { key, body: { count: 1 } })
    return { path: `/v1/polls/${id}/invites/1`, target: `${id}/1` }
  },
  'POST /v1/polls/:pollId/voters/erase': ofVoter('erase'),
  'POST /v1/polls/:pollId/voters/export': ofVoter('export'),
  'PATCH /v1/workspace': async (api) => {
    const made = await aWorkspace(api)
    return {
      path: '/v1/workspace',
      key: made.apiKey,
      body: { retentionDays: 30 },
      target: made.id,
      workspaceId: made.id,
    }
  },
  'PATCH /v1/workspaces/:workspaceId': async (api) => {
    const { id } = await aWorkspace(api)
    return { path: `/v1/workspaces/${id}`, key: rootKey, body: { name: 'Other' }, target: id }
  },
  'POST /v1/operator/retention/polls': async () => ({
    path: '/v1/operator/retention/polls',
    key: rootKey,
    target: '',
  }),
  'POST /v1/operator/retention/rows': async () => ({
    path: '/v1/operator/retention/rows',
    key: rootKey,
    target: '',
  }),
  'POST /v1/workspaces': async () => ({
    path: '/v1/workspaces',
    key: rootKey,
    body: { name: 'Acme' },
    target: null,
  }),
  'POST /v1/operator/polls/:pollId/reconcile': async (api, key) => {
    const id = await a('pollId', api, key)
    return { path: `/v1/operator/polls/${id}/reconcile`, key: rootKey, target: id }
  },
  'POST /v1/operator/dead-letters/redrive': async () => ({
    path: '/v1/operator/dead-letters/redrive',
    key: rootKey,
    target: '',
  }),
}

/** An order of this route by a key that may everything. */
export const orderOf = async (route: string, api: Asked): Promise<OwnerOrder> => {
  const key = api.key()
  const make = ownerOrders[route]
  if (make === undefined)
    throw new Error(`add to ownerOrders in test/support/owner-orders.ts how '${route}' goes well`)
  return { key, ...(await make(api, key)) }
}

export const send = (
  api: Pick<Asked, 'ask'>,
  route: string,
  { path, key, body, headers = {} }: OwnerOrder,
  more: Record<string, string> = {},
): Promise<Answer> =>
  api.ask(route.split(' ')[0] ?? '', path, { key, body, headers: { ...headers, ...more } })

const a = async (name: string, api: Asked, key: string): Promise<string> =>
  (await things[name]?.make(api, key)) ?? ''

const aWorkspace = async (api: Asked): Promise<{ readonly id: string; readonly apiKey: string }> =>
  (await api.ask('POST', '/v1/workspaces', { key: rootKey, body: { name: 'Acme', plan: 'enterprise' } })).json

function ofVoter(act: string): Make {
  return async (api, key) => {
    const id = await a('pollId', api, key)
    const body = { voterId: 'a-voter-of-these-tests' }
    return { path: `/v1/polls/${id}/voters/${act}`, body, target: id }
  }
}

function ofPoll(act: string): Make {
  return async (api, key) => {
    const id = await a('pollId', api, key)
    return { path: `/v1/polls/${id}${act && `/${act}`}`, target: id }
  }
}
