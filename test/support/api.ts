// The public API in this process: the real app over the real verbs, over boards and boxes on node:sqlite. Only Postgres,
// the queue and the platform's own parts are stood in for.

import { documents } from '../../dev/generate-published.ts'
import type { Admission } from '../../src/admission/admission.ts'
import { formatApiKey, secretHashOf } from '../../src/application/api-key.ts'
import { auditPoll } from '../../src/application/audit-poll.ts'
import { castBallot } from '../../src/application/cast-ballot.ts'
import { renameKey, revokeKey, rotateKey } from '../../src/application/change-key.ts'
import { changePoll } from '../../src/application/change-poll.ts'
import { changeWorkspace, readWorkspace } from '../../src/application/change-workspace.ts'
import { checkHealth } from '../../src/application/check-health.ts'
import { closePoll } from '../../src/application/close-poll.ts'
import { createPoll } from '../../src/application/create-poll.ts'
import { createWorkspace } from '../../src/application/create-workspace.ts'
import { deletePoll } from '../../src/application/delete-poll.ts'
import { editPoll } from '../../src/application/edit-poll.ts'
import { eraseBallot } from '../../src/application/erase-ballot.ts'
import { exportBallots } from '../../src/application/export-ballots.ts'
import { followResults } from '../../src/application/follow-results.ts'
import { forgetAged } from '../../src/application/forget-aged.ts'
import { identifyCaller } from '../../src/application/identify-caller.ts'
import { issueInvites } from '../../src/application/issue-invites.ts'
import { issueKey } from '../../src/application/issue-key.ts'
import { listActions } from '../../src/application/list-actions.ts'
import { listBallots, readBallot } from '../../src/application/list-ballots.ts'
import { listInvites } from '../../src/application/list-invites.ts'
import { listPolls } from '../../src/application/list-polls.ts'
import { listTexts } from '../../src/application/list-texts.ts'
import { noteAction } from '../../src/application/note-action.ts'
import { openLive } from '../../src/application/open-live.ts'
import { roomForPoll } from '../../src/application/plan-room.ts'
import {
  scopes as everyScope,
  type HealthCheck,
  type KeyMode,
  type Plan,
  type Scope,
} from '../../src/application/ports.ts'
import { proveBallot } from '../../src/application/prove-ballot.ts'
import { listKeys, readKey } from '../../src/application/read-keys.ts'
import { readCheckpoints, readLog } from '../../src/application/read-log.ts'
import { readOwnBallot } from '../../src/application/read-own-ballot.ts'
import { readPoll, readPollFor } from '../../src/application/read-poll.ts'
import { mayWatch, readResults, recallResults } from '../../src/application/read-results.ts'
import { readBreakdown, readTimeline } from '../../src/application/read-rollups.ts'
import { readUsage } from '../../src/application/read-usage.ts'
import { redriveLetters } from '../../src/application/redrive-letters.ts'
import { retirePolls } from '../../src/application/retire-polls.ts'
import { revokeInvite } from '../../src/application/revoke-invite.ts'
import { eraseVoter, exportVoter } from '../../src/application/voter-requests.ts'
import { isolateTier } from '../../src/cache/isolate-tier.ts'
import { createApp } from '../../src/http/app.ts'
import type { Door } from '../../src/http/door.ts'
import type { Services } from '../../src/http/http.ts'
import { toHex } from '../../src/kernel/bytes.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { pause } from '../../src/kernel/pause.ts'
import { systemRandom } from '../../src/kernel/random.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { receiptBook } from '../../src/receipts/receipt-book.ts'
import { type NewVoterLimiter, suspicion } from '../../src/register/suspicion.ts'
import { tokenReader } from '../../src/register/token-reader.ts'
import { relays } from '../../src/relay/client.ts'
import { edgeWebhooks } from '../../src/runtime/edge-webhooks.ts'
import { firstAnswers } from '../../src/runtime/first-answers.ts'
import { keyUse } from '../../src/runtime/key-use.ts'
import {
  type Around,
  rememberKeys,
  rememberPolls,
  rememberResults,
  rememberUsage,
  rememberViews,
} from '../../src/runtime/remember.ts'
import { telemetryOf } from '../../src/runtime/telemetry.ts'
import { ballotPagesOver } from './ballot-pages.ts'
import { localInvites } from './invite-book.ts'
import { type LocalCounting, localCounting, type Said } from './local-counting.ts'
import { type MemoryAnswers, memoryAnswers } from './memory-answers.ts'
import { type MemoryKeys, memoryKeys } from './memory-keys.ts'
import { keyValues, pollsOf, usageOf, usageThatFails } from './memory-stores.ts'
import { type MemoryWebhooks, memoryWebhooks } from './memory-webhooks.ts'
import { memoryWorkspaces } from './memory-workspaces.ts'
import { localMeter } from './meters.ts'
import { validateAnswer } from './openapi.ts'
import { receiptKey } from './receipt-key.ts'
import { nothingCounted, rollupReaderOver } from './rollups.ts'
import { untraced } from './untraced.ts'

export const origin = 'https://edge.test'
export const rootKey = 'the-root-key-of-these-tests-long-enough'

export interface Api {
  readonly counting: LocalCounting
  readonly services: Services
  readonly invites: ReturnType<typeof localInvites>
  readonly app: ReturnType<typeof createApp>
  /** Asks the app. A body that is neither text nor bytes goes as JSON. */
  ask(method: string, path: string, order?: Order): Promise<Answer>
  /** A new key of a workspace, with these scopes or all, on the plan of the dev workspace or another. */
  key(workspaceId?: string, scopes?: readonly Scope[], plan?: Plan, mode?: KeyMode): string
  readonly keys: MemoryKeys
  readonly webhooks: MemoryWebhooks
  /** Writes an event down for a webhook; answers the id of its delivery. */
  tellWebhook(webhookId: string): Promise<string>
  /** Where first answers are kept. */
  readonly answers: { readonly redis: MemoryAnswers; readonly postgres: MemoryAnswers }
  /** Makes a poll with the first workspace's key, and returns its document. */
  aPoll(draft?: object): Promise<PollDocument>
  vote(pollId: string, voter?: string, answers?: object, headers?: Record<string, string>): Promise<Answer>
  /** How the audit log waits before it tries again. */
  pauses: (delayMs: number, signal: AbortSignal) => Promise<void>
  /** What is away: Postgres, as far as keys are asked for there. */
  keysAway: boolean
  /** What is turned away; by default nothing. */
  door: Door
  readonly healthy: Record<HealthCheck['name'], boolean>
}

export interface ApiOptions {
  /** Told of everything that crosses between Workers. */
  readonly heard?: (said: Said) => void
  /** Without it nothing is traced. */
  readonly tracing?: Services['tracing']
  /** Without it everybody is let in. */
  readonly admission?: (clock: Clock) => Admission
  /** The platform’s count of new voters by network; without it none is ever too many. */
  readonly newVoters?: NewVoterLimiter
  /** What asking Postgres for usage fails with. */
  readonly usageAway?: Error
}

export interface Order {
  readonly key?: string | undefined
  readonly headers?: Record<string, string> | undefined
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; fails a test that expects one where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
  readonly json: any
}

export interface PollDocument {
  readonly id: string
  readonly urls: {
    readonly self: string
    readonly results: string
    readonly live: string
    readonly page: string
  }
  readonly status: string
  readonly version: number
}

export const lunch = {
  title: 'Lunch?',
  questions: [
    {
      id: 'where',
      type: 'choice',
      prompt: 'Where?',
      options: [
        { id: 'pizza', label: 'Pizza' },
        { id: 'sushi', label: 'Sushi' },
      ],
    },
    { id: 'why', type: 'text', prompt: 'Why?' },
  ],
} as const

export const anApi = (options: ApiOptions = {}): Api => {
  const counting = localCounting(options.heard)
  const { time, boxes, boards, postgres } = counting
  const { clock } = time
  const ballotPages = ballotPagesOver(postgres.page)
  const overTime = { pollBook: boards, ballotBoxes: boxes, rollupReader: rollupReaderOver(postgres.page) }
  const keys = memoryKeys()
  const webhooks = memoryWebhooks()
  let told = 0
  const answers = { redis: memoryAnswers(clock), postgres: memoryAnswers(clock) }
  const receipts = receiptBook(receiptKey)
  const tokens = tokenReader()
  const random = { ...systemRandom, fraction: () => 1 }
  const telemetry = telemetryOf({
    service: 'edge',
    meter: localMeter(clock),
    config: { EDGEPOLL_METRICS: 'on', METRICS_FLUSH_MS: 10_000, ...untraced },
    sinks: [(event) => void counting.events.push(event)],
    clock,
    random,
    waitUntil: (work) => void work,
    lingers: false,
  })
  const around: Around = {
    clock,
    random,
    report: telemetry.report,
    waitUntil: (work) => void work,
    colo: null,
    kv: keyValues(),
  }
  const pollBook = rememberPolls(boards, around)
  const pollViews = rememberViews(boards, around)
  const results = rememberResults(boards, around)
  const usage = options.usageAway === undefined ? usageOf(postgres) : usageThatFails(options.usageAway)
  const healthy = { counting: true, postgres: true, redis: true, kv: true }

  const invites = localInvites()
  const aside = {
    pause: () => new Promise<void>(() => undefined), // the map is quick
    waitUntil: around.waitUntil,
    report: around.report,
    tracing: telemetry.tracing,
  }
  const change = changePoll({ pollBook, pollViews, scoreboards: boards })
  const keyRing = rememberKeys(
    {
      find: async (keyId) => {
        if (api.keysAway) throw new Unavailable('postgres')
        return keys.rows.get(keyId) ?? null
      },
    },
    around,
  )
  const drawSecret = new Uint8Array(32)
  const manage = { keyBook: keys.book, forgetKey: keyRing.forget, clock, random, drawSecret }
  const { spaces, retention } = memoryWorkspaces(keys.rows, () => postgres.polls.values())
  const reader = readResults({ pollViews, results, scoreboards: boards, receipts, clock })
  const services: Services = {
    ...edgeWebhooks({
      config: { WEBHOOK_KEY: 'x'.repeat(32), EDGEPOLL_TEST_WEBHOOKS: '' },
      webhookBook: webhooks.book,
      deliveryLog: webhooks.log,
      queue: { sendBatch: async () => undefined },
      waitUntil: around.waitUntil,
      report: around.report,
      pollBook,
      clock,
      random,
      drawSecret,
    }),
    admission: options.admission?.(counting.time.clock) ?? openDoor,
    addressOf: (headers) => headers.get('cf-connecting-ip') ?? '192.0.2.1',
    auditPoll: auditPoll({
      pollBook: boards,
      ballotBoxes: boxes,
      recordsOf: () => ({ ballotReader: postgres, rollupRecords: nothingCounted }),
    }),
    castBallot: castBallot({
      pollBook,
      ballotBoxes: boxes,
      receipts,
      tokens,
      challenges: { passed: async (token) => token === 'solved' },
      suspicion: suspicion(
        options.newVoters ?? { limit: async () => ({ success: true }) },
        clock,
        around.report,
      ),
      random,
    }),
    changePoll: change,
    changeWorkspace: changeWorkspace({ workspaces: spaces }),
    releaseId: 'release-of-the-test',
    checkHealth: checkHealth({
      healthChecks: (['counting', 'postgres', 'redis', 'kv'] as const).map(
        (name): HealthCheck => ({
          name,
          check: async () => {
            if (!healthy[name]) throw new Unavailable(name)
          },
        }),
      ),
    }),
    closePoll: closePoll({ pollBook, pollViews, results, scoreboards: boards }),
    createPoll: createPoll({
      scoreboards: boards,
      source: boards,
      roomForPoll: roomForPoll(usage),
      pollViews,
      clock,
      random,
      idSecret: new Uint8Array(32),
    }),
    createWorkspace: createWorkspace({
      workspaces: spaces,
      clock,
      random,
    }),
    door: (work) => api.door(work),
    deletePoll: deletePoll({ pollBook, pollViews, results, scoreboards: boards }),
    editPoll: editPoll({ source: boards, pollBook, pollViews, scoreboards: boards }),
    eraseBallot: eraseBallot({ pollBook, ballotBoxes: boxes, results }),
    eraseVoter: eraseVoter({ pollBook, ballotBoxes: boxes, results }),
    exportVoter: exportVoter({ pollBook, ballotBoxes: boxes }),
    exposeMetrics: telemetry.expose,
    exportBallots: exportBallots({
      pollBook,
      ballotBoxes: boxes,
      ballotPages,
      writeTokens: { written: async () => null },
      pause: (delayMs) => time.advance(delayMs),
      clock,
    }),
    firstAnswers: firstAnswers({ ...answers, waitUntil: around.waitUntil }),
    followResults: followResults({
      readResults: reader,
      pause: (delayMs) => time.advance(delayMs),
      clock,
    }),
    forgetAged: forgetAged({ retentionRecords: retention, clock, report: around.report }),
    retirePolls: retirePolls({
      retentionRecords: retention,
      scoreboards: boards,
      clock,
      report: around.report,
    }),
    identifyCaller: identifyCaller({
      keyRing,
      clock,
      noteUse: keyUse(keys.book, around),
      rootKey,
    }),
    issueInvites: issueInvites({ pollBook, scoreboards: boards, inviteBook: invites, clock, ...aside }),
    listBallots: listBallots({ pollBook, ballotBoxes: boxes, ballotPages }),
    listInvites: listInvites({ pollBook, inviteBook: invites }),
    issueKey: issueKey(manage),
    listActions: listActions({ auditLog: keys.log }),
    listKeys: listKeys(manage),
    listPolls: listPolls({ pollReader: { list: async (order) => pollsOf(postgres, order) }, clock }),
    listTexts: listTexts({ pollBook, ballotPages }),
    mayWatch: mayWatch({ pollViews, receipts, clock }),
    noteAction: noteAction({
      auditLog: keys.log,
      report: around.report,
      pause: (delayMs, signal) => api.pauses(delayMs, signal),
      waitUntil: around.waitUntil,
    }),
    openLive: openLive({
      pollViews,
      results,
      receipts,
      relays: relays(counting.relays.namespace, random),
      clock,
    }),
    pollIds: postgres.pollIds,
    publishedFile: async (name) => {
      const document = Object.values(documents()).find((each) => each.name === name)
      return new Response(document?.body ?? `// ${name}`)
    },
    proveBallot: proveBallot({ pollBook, ballotBoxes: boxes }),
    readBallot: readBallot({ pollBook, ballotPages }),
    readCheckpoints: readCheckpoints({ pollBook, ballotBoxes: boxes }),
    readKey: readKey(manage),
    readLog: readLog({ pollBook, ballotBoxes: boxes }),
    readOwnBallot: readOwnBallot({ pollBook, ballotBoxes: boxes, receipts, tokens, random }),
    readPoll: readPoll({ pollViews }),
    readPollFor: readPollFor({ pollBook, pollViews }),
    readBreakdown: readBreakdown(overTime),
    readTimeline: readTimeline(overTime),
    readUsage: readUsage({ usageBook: rememberUsage(usage, isolateTier(100), around) }),
    readResults: reader,
    readWorkspace: readWorkspace({ workspaces: spaces }),
    recallResults: recallResults({ pollViews, results, clock }),
    receipts,
    renameKey: renameKey(manage),
    revokeKey: revokeKey(manage),
    rotateKey: rotateKey(manage),
    redriveLetters: redriveLetters({
      deadLetters: {
        oldest: async (limit) => postgres.deadLetters.slice(0, limit),
        remove: async (ids) => {
          for (const id of ids)
            postgres.deadLetters.splice(
              postgres.deadLetters.findIndex((letter) => letter.id === id),
              1,
            )
        },
      },
      resend: async () => {},
    }),
    revokeInvite: revokeInvite({ pollBook, changePoll: change, inviteBook: invites, clock, ...aside }),
    clock,
    random,
    report: around.report,
    written: async () => null,
    tracing: options.tracing ?? telemetry.tracing,
  }
  const app = createApp(services)

  let made = 0
  const api: Api = {
    counting,
    keys,
    webhooks,
    async tellWebhook(webhookId) {
      const { workspaceId = '' } = webhooks.tables.webhooks.get(webhookId) ?? {}
      const due = webhooks.tables.tellPoll(workspaceId, `poll_${++told}`, 'poll.opened', clock.now())
      return due.find(({ id }) => webhooks.tables.deliveries.get(id)?.webhookId === webhookId)?.id ?? ''
    },
    answers,
    services,
    invites,
    app,
    pauses: pause,
    keysAway: false,
    door: () => null,
    healthy,
    async ask(method, path, { key, headers = {}, body } = {}) {
      const request = new Request(new URL(path, origin), {
        method,
        headers: {
          ...(body !== undefined && !isRaw(body) && { 'Content-Type': 'application/json' }),
          ...(key !== undefined && { Authorization: `Bearer ${key}` }),
          ...headers,
        },
        body: isRaw(body) ? body : body === undefined ? null : JSON.stringify(body),
      })
      const response = await app.fetch(request)
      await validateAnswer(method, path, response.clone())
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        text,
        get json() {
          return JSON.parse(text)
        },
      }
    },
    key(workspaceId = 'ws_first', scopes = everyScope, plan = 'enterprise', mode = 'live') {
      const id = `key_${String(++made).padStart(16, '0')}`
      const secret = String(made).padStart(39, 'k')
      const record = {
        id,
        workspaceId,
        plan,
        mode,
        scopes,
        name: `Key ${made}`,
        createdAt: clock.now(),
        expiresAt: null,
        revokedAt: null,
        lastUsedAt: null,
        replacedBy: null,
      }
      keys.rows.set(id, { ...record, secretHash: toHex(secretHashOf(secret)) })
      return formatApiKey(mode, id, secret)
    },
    async aPoll(draft = {}) {
      const answer = await api.ask('POST', '/v1/polls', { key: api.key(), body: { ...lunch, ...draft } })
      if (answer.status !== 201) throw new Error(answer.text)
      return answer.json
    },
    vote: (pollId, voter = 'a-voter-of-these-tests', answers = { where: ['pizza'] }, headers = {}) =>
      api.ask('POST', `/v1/polls/${pollId}/ballots`, {
        headers: { 'Voter-Id': voter.padEnd(16, '.'), ...headers },
        body: { answers },
      }),
  }
  return api
}

const openDoor: Admission = {
  ballots: { refusedUntil: () => null },
  ownerCall: async () => ({ allowed: true, quota: 600_000, remaining: 599_999, resetAt: 0 }),
}

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array
