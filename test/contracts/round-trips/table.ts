// How many round trips to Postgres each route costs, however much it answers: a route without a line here fails.
import { referenceScript } from '../../../src/http/generated/published.generated.ts'
import { rootKey } from '../../support/api.ts'

export interface RoundTrips {
  /** Before the answer has ended, one statement each, by a key that is known. What would come after it is none: see the test. */
  readonly trips: number
  /** Why there is more than one. */
  readonly why?: string
  /** Where it is a list: queries for a small page and a large one, which cost the same. */
  readonly pages?: readonly [string, string]
  /** How it goes well, where neither `ownerOrders` nor a GET of its path says so. */
  readonly order?: Order
  /** 200, 201 or 204 unless it says so. */
  readonly status?: number
}

export interface Order {
  readonly key?: string
  readonly headers?: Record<string, string>
  /** Ids in its path that are others than those of the rest. */
  readonly ids?: (ids: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  /** Of the poll that is asked for, where it names it. */
  readonly body?: (pollId: string) => unknown
  readonly query?: (pollId: string) => string
}

const none: RoundTrips = { trips: 0 }
const one: RoundTrips = { trips: 1 }
/** What was done lies in boards and boxes: Postgres hears of it from them. */
const noted: RoundTrips = one
const list: RoundTrips = { trips: 1, pages: ['limit=1', 'limit=100'] }
const byRoot: Pick<RoundTrips, 'order'> = { order: { key: rootKey } }
const done = (what: string): RoundTrips => ({ trips: 2, why: `${what}; its entry in the audit log` })
const ofKey: RoundTrips = {
  trips: 2,
  why: 'the key, to say what may be done with it; the change with its entry in the audit log',
}
const ofWebhook: RoundTrips = {
  trips: 3,
  why: 'the webhook, to say whether it is there; the change; its entry in the audit log',
}
const voter = { 'Voter-Id': 'a-voter-of-these-tests' }
const choice = { where: ['pizza'] }

export const roundTrips: Readonly<Record<string, RoundTrips>> = {
  'GET /.well-known/jwks.json': none,
  'GET /assets/:file': none,
  'GET /docs': none,
  'GET /docs/:file': { ...none, order: { ids: () => ({ file: referenceScript }) } },
  'GET /edgepoll.v1.PollService/:method': {
    ...none,
    order: {
      query: (pollId) => `encoding=json&connect=v1&message=${encodeURIComponent(JSON.stringify({ pollId }))}`,
    },
  },
  'POST /edgepoll.v1.PollService/:method': { ...none, order: { body: (pollId) => ({ pollId }) } },
  'GET /livez': none,
  'GET /metrics': { ...none, ...byRoot },
  'GET /openapi-3.0.json': none,
  'GET /openapi.json': none,
  'GET /p/:pollId': none,
  'GET /problems/:reason': none,
  'GET /readyz': one,
  'POST /p/:pollId': {
    ...none,
    order: {
      headers: {
        ...{ 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' },
        Cookie: `voter=${'v'.repeat(32)}`,
      },
      body: () => 'answers.where=pizza',
    },
    status: 303,
  },
  'POST /v1/rum': { ...none, order: { body: () => ({ lcp: 1.2 }) } },

  'GET /v1/audit-log': list,
  'GET /v1/keys': list,
  'POST /v1/keys': one,
  'GET /v1/keys/:keyId': one,
  'PATCH /v1/keys/:keyId': ofKey,
  'DELETE /v1/keys/:keyId': ofKey,
  'POST /v1/keys/:keyId/rotate': ofKey,

  'GET /v1/operator/polls': { ...one, ...byRoot },
  'POST /v1/operator/dead-letters/redrive': done('the oldest letters'),
  'POST /v1/operator/polls/:pollId/reconcile': {
    trips: 3,
    why: 'the digest of its ballots; what rollups say of them; its entry in the audit log',
  },
  'POST /v1/operator/retention/polls': done('the oldest polls'),
  'POST /v1/operator/retention/rows': {
    trips: 7,
    why: 'a page of each of six tables; its entry in the audit log',
  },

  'GET /v1/polls': list,
  'POST /v1/polls': noted,
  'GET /v1/polls/:pollId': none,
  'PATCH /v1/polls/:pollId': noted,
  'DELETE /v1/polls/:pollId': noted,
  'POST /v1/polls/:pollId/open': noted,
  'POST /v1/polls/:pollId/close': noted,
  'POST /v1/polls/:pollId/archive': noted,
  'GET /v1/polls/:pollId/ballots': list,
  'POST /v1/polls/:pollId/ballots': {
    ...none,
    order: { headers: { 'Voter-Id': 'another-voter-of-these-tests' }, body: () => ({ answers: choice }) },
  },
  'GET /v1/polls/:pollId/ballots/:ballotId': one,
  'DELETE /v1/polls/:pollId/ballots/:ballotId': noted,
  'GET /v1/polls/:pollId/ballots/mine': { ...none, order: { headers: voter } },
  'PUT /v1/polls/:pollId/ballots/mine': {
    ...none,
    order: { headers: voter, body: () => ({ answers: choice }) },
  },
  'GET /v1/polls/:pollId/export': one,
  'GET /v1/polls/:pollId/invites': list,
  'POST /v1/polls/:pollId/invites': done('the invites, however many'),
  'DELETE /v1/polls/:pollId/invites/:serial': done('the invite'),
  'GET /v1/polls/:pollId/log': none,
  'GET /v1/polls/:pollId/log/checkpoint': none,
  'GET /v1/polls/:pollId/questions/:questionId/texts': list,
  'GET /v1/polls/:pollId/receipts/:ballotId': {
    ...none,
    order: { ids: ({ castId = '' }) => ({ ballotId: castId }) },
  },
  'GET /v1/polls/:pollId/results': none,
  'GET /v1/polls/:pollId/results/breakdown': one,
  'GET /v1/polls/:pollId/results/live': { ...none, order: { headers: { Accept: 'text/event-stream' } } },
  'GET /v1/polls/:pollId/results/timeline': list,
  'POST /v1/polls/:pollId/voters/erase': noted,
  'POST /v1/polls/:pollId/voters/export': noted,

  'GET /v1/webhooks': { trips: 1, pages: ['limit=1', 'limit=40'] }, // a plan has room for fifty
  'POST /v1/webhooks': done('the webhook, where the plan has room'),
  'GET /v1/webhooks/:webhookId': one,
  'PATCH /v1/webhooks/:webhookId': ofWebhook,
  'DELETE /v1/webhooks/:webhookId': ofWebhook,
  'POST /v1/webhooks/:webhookId/rotate': ofWebhook,
  'GET /v1/webhooks/:webhookId/deliveries': list,
  'POST /v1/webhooks/:webhookId/deliveries/:deliveryId/redeliver': { ...ofWebhook, status: 202 },

  'GET /v1/usage': one,
  'GET /v1/workspace': one,
  'PATCH /v1/workspace': done('the workspace'),
  'POST /v1/workspaces': done('the workspace with its first key'),
  'GET /v1/workspaces/:workspaceId': { ...one, ...byRoot },
  'PATCH /v1/workspaces/:workspaceId': done('the workspace'),
}
