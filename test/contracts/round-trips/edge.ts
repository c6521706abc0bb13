// The edge as it is deployed, in this process: its own services over the real driver, Postgres and Redis. What is sent to
// Postgres is counted on its way.
import { vi } from 'vitest'
import { createApp } from '../../../src/http/app.ts'
import type { Services } from '../../../src/http/http.ts'
import { edgeServices } from '../../../src/runtime/edge-services.ts'
import { origin, rootKey } from '../../support/api.ts'
import { type LocalCounting, localCounting } from '../../support/local-counting.ts'
import { keyValues } from '../../support/memory-stores.ts'
import { localMeter } from '../../support/meters.ts'
import type { Asked } from '../../support/owner-orders.ts'
import type { TestPostgres } from '../../support/postgres.ts'
import { receiptKey } from '../../support/receipt-key.ts'
import type { TestRedis } from '../../support/redis.ts'

export interface CountedEdge extends Asked {
  readonly services: Services
  readonly counting: LocalCounting
  /** Whose key `key()` is. */
  readonly workspaceId: string
  /** What was sent to Postgres while this ran, and then until nothing was left to do. */
  countWhile<Answer>(run: () => Promise<Answer>): Promise<Counted<Answer>>
}

export interface Counted<Answer> {
  readonly answer: Answer
  /** One entry a round trip: its statements, of one unless they are a transaction. */
  readonly waited: readonly (readonly string[])[]
  readonly after: readonly (readonly string[])[]
}

/** Call it when Postgres and Redis are there. */
export const countedEdge = async (postgres: TestPostgres, redis: TestRedis): Promise<CountedEdge> => {
  const counting = localCounting(undefined, Date.now())
  const trips: string[][] = []
  const sent = globalThis.fetch
  vi.stubGlobal('fetch', (...[input, init]: Parameters<typeof fetch>) => {
    if (String(input) === postgres.endpoint) trips.push(statementsIn(String(init?.body)))
    return sent(input, init)
  })
  const aside: Promise<unknown>[] = []
  let told = 0
  const limiter = { limit: async () => ({ success: true }) }
  const env = {
    ...{ ENVIRONMENT: 'local', LOG_LEVEL: 'error', EDGEPOLL_METRICS: 'off' },
    ...{ DATABASE_URL: postgres.url, DATABASE_ENDPOINT: postgres.endpoint },
    UPSTASH_REDIS_REST_URL: redis.address.url,
    UPSTASH_REDIS_REST_TOKEN: redis.address.token,
    ROOT_KEY: rootKey,
    RECEIPT_KEY: JSON.stringify(receiptKey),
    BALLOT_BOX: counting.namespaces.boxes,
    SCOREBOARD: counting.namespaces.boards,
    RELAY: counting.relays.namespace,
    ...{ DELIVERIES: { sendBatch: async () => undefined }, VERSION: { id: '' } },
    WEBHOOK_KEY: 'w'.repeat(32),
    METER: localMeter(counting.time.clock),
    BALLOTS: { sendBatch: async () => undefined },
    ...{ NEW_VOTERS: limiter, OWNER_CALLS_FREE: limiter, OWNER_CALLS_PRO: limiter },
    OWNER_CALLS_ENTERPRISE: limiter,
    READS: keyValues(),
    ASSETS: { fetch: async () => new Response('// a file') },
  }
  const services = edgeServices(env, {
    waitUntil: (work) => void aside.push(work.catch(() => undefined)),
    colo: null,
    front: { purge: async () => ({ success: true, errors: [] }) },
  })
  const app = createApp(services)
  const ask: Asked['ask'] = async (method, path, { key, headers = {}, body } = {}) => {
    const response = await app.fetch(
      new Request(new URL(path, origin), {
        method,
        headers: {
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(key !== undefined && { Authorization: `Bearer ${key}` }),
          ...headers,
        },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
    const text = await textOf(response)
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text)
      },
    }
  }
  /** What a request left to do may leave more to do. */
  const nothingLeft = async () => {
    while (aside.length > 0) await Promise.all(aside.splice(0))
  }
  const made = await ask('POST', '/v1/workspaces', {
    key: rootKey,
    body: { name: 'Acme', plan: 'enterprise' },
  })
  const { id: workspaceId, apiKey } = made.json
  return {
    services,
    counting,
    workspaceId,
    ask,
    key: () => apiKey,
    vote: (pollId, voter = 'a-voter-of-these-tests', answers = { where: ['pizza'] }, headers = {}) =>
      ask('POST', `/v1/polls/${pollId}/ballots`, {
        headers: { 'Voter-Id': voter, ...headers },
        body: { answers },
      }),
    async tellWebhook(webhookId) {
      const id = `msg_${String(++told).padStart(32, '0')}`
      await postgres.query(
        `insert into deliveries (id, workspace_id, webhook_id, event, poll_id, payload, state, attempts, created_at)
         values ($1, $2, $3, 'poll.opened', 'poll_1', '{}', 'failed', 10, now())`,
        [id, workspaceId, webhookId],
      )
      return id
    },
    async countWhile(run) {
      await nothingLeft()
      trips.length = 0
      const answer = await run()
      const waited = trips.splice(0)
      await nothingLeft()
      return { answer, waited, after: trips.splice(0) }
    },
  }
}

/** A stream of events has no end: its first are enough. */
const textOf = async (response: Response): Promise<string> => {
  if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) return response.text()
  const reader = response.body?.getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return new TextDecoder().decode(first?.value)
}

/** As the Neon driver posts them. */
const statementsIn = (body: string): string[] => {
  const sent: { readonly query?: string; readonly queries?: readonly { readonly query: string }[] } =
    JSON.parse(body)
  const all = sent.queries?.map(({ query }) => query) ?? [sent.query ?? '']
  // The end that each is given goes along in its round trip.
  return all.filter((query) => !query.includes('set_config'))
}
