// The edge Worker: who plays which part. The only page that chooses implementations for it.
import { Redis } from '@upstash/redis/cloudflare'
import type { LocationLimiter } from '../admission/per-location.ts'
import { redisHealth } from '../admission/redis-health.ts'
import { auditPoll } from '../application/audit-poll.ts'
import { castBallot } from '../application/cast-ballot.ts'
import { renameKey, revokeKey, rotateKey } from '../application/change-key.ts'
import { changePoll } from '../application/change-poll.ts'
import { changeWorkspace, readWorkspace } from '../application/change-workspace.ts'
import { checkHealth } from '../application/check-health.ts'
import { closePoll } from '../application/close-poll.ts'
import { createPoll } from '../application/create-poll.ts'
import { createWorkspace } from '../application/create-workspace.ts'
import { deletePoll } from '../application/delete-poll.ts'
import { editPoll } from '../application/edit-poll.ts'
import { eraseBallot } from '../application/erase-ballot.ts'
import { exportBallots } from '../application/export-ballots.ts'
import { followResults } from '../application/follow-results.ts'
import { forgetAged } from '../application/forget-aged.ts'
import { identifyCaller } from '../application/identify-caller.ts'
import { issueInvites } from '../application/issue-invites.ts'
import { issueKey } from '../application/issue-key.ts'
import { listActions } from '../application/list-actions.ts'
import { listBallots, readBallot } from '../application/list-ballots.ts'
import { listInvites } from '../application/list-invites.ts'
import { listPolls } from '../application/list-polls.ts'
import { listTexts } from '../application/list-texts.ts'
import { noteAction } from '../application/note-action.ts'
import { openLive } from '../application/open-live.ts'
import { roomForPoll } from '../application/plan-room.ts'
import type { HealthCheck, PollBook } from '../application/ports.ts'
import { proveBallot } from '../application/prove-ballot.ts'
import { listKeys, readKey } from '../application/read-keys.ts'
import { readCheckpoints, readLog } from '../application/read-log.ts'
import { readOwnBallot } from '../application/read-own-ballot.ts'
import { readPoll, readPollFor } from '../application/read-poll.ts'
import { mayWatch, readResults, recallResults } from '../application/read-results.ts'
import { readBreakdown, readTimeline } from '../application/read-rollups.ts'
import { readUsage } from '../application/read-usage.ts'
import { redriveLetters } from '../application/redrive-letters.ts'
import { retirePolls } from '../application/retire-polls.ts'
import { revokeInvite } from '../application/revoke-invite.ts'
import { eraseVoter, exportVoter } from '../application/voter-requests.ts'
import { type BoxNamespace, ballotBoxes } from '../ballot-box/client.ts'
import type { ColoCache } from '../cache/colo-tier.ts'
import type { KeyValueStore } from '../cache/kv-tier.ts'
import { redisAnswers } from '../cache/redis-answers.ts'
import { redisTier } from '../cache/redis-tier.ts'
import type { Services } from '../http/http.ts'
import { systemClock as clock } from '../kernel/clock.ts'
import { hash } from '../kernel/hash.ts'
import { pause } from '../kernel/pause.ts'
import { systemRandom as random } from '../kernel/random.ts'
import { receiptBook } from '../receipts/receipt-book.ts'
import { type NewVoterLimiter, suspicion } from '../register/suspicion.ts'
import { tokenReader } from '../register/token-reader.ts'
import { turnstile } from '../register/turnstile.ts'
import { type RelayNamespace, relays } from '../relay/client.ts'
import { type BoardNamespace, scoreboards } from '../scoreboard/client.ts'
import type { MeterNamespace } from '../telemetry/meter/client.ts'
import { jsonLog } from '../telemetry/sinks/json-log.ts'
import { addressReader } from './addresses.ts'
import { admitCallers } from './admit-callers.ts'
import { ballotWindows } from './ballot-windows.ts'
import { edgeConfig } from './config.ts'
import { door } from './door.ts'
import { edgeArchive } from './edge-archive.ts'
import { edgeWebhooks } from './edge-webhooks.ts'
import { firstAnswers } from './first-answers.ts'
import { keyUse } from './key-use.ts'
import {
  guardsOf,
  protectBallotBoxes,
  protectBoards,
  protectChallenges,
  protectKeyValues,
} from './protect.ts'
import { type FrontCache, purgeFront } from './purge-front.ts'
import { rememberKeys, rememberPolls, rememberResults, rememberUsage, rememberViews } from './remember.ts'
import type { ReminderQueue } from './remind-deliveries.ts'
import { telemetryOf } from './telemetry.ts'

export interface EdgeBindings<BoxId, BoardId, RelayId, MeterId> {
  readonly BALLOT_BOX: BoxNamespace<BoxId>
  readonly SCOREBOARD: BoardNamespace<BoardId>
  readonly RELAY: RelayNamespace<RelayId>
  readonly METER: MeterNamespace<MeterId>
  readonly BALLOTS: { sendBatch(messages: { body: unknown; contentType: 'json' }[]): Promise<unknown> }
  readonly DELIVERIES: ReminderQueue
  readonly NEW_VOTERS: NewVoterLimiter
  readonly OWNER_CALLS_FREE: LocationLimiter
  readonly OWNER_CALLS_PRO: LocationLimiter
  readonly OWNER_CALLS_ENTERPRISE: LocationLimiter
  readonly READS: KeyValueStore
  readonly VERSION: { readonly id: string }
  readonly ASSETS: { fetch(address: URL): Promise<Response> }
}

/** What the platform gives an edge beside its bindings. */
export interface EdgePlatform {
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly colo: ColoCache | null
  readonly front: FrontCache
}

export const edgeServices = <BoxId, BoardId, RelayId, MeterId>(
  env: EdgeBindings<BoxId, BoardId, RelayId, MeterId>,
  { waitUntil, colo, front }: EdgePlatform,
): Services => {
  const config = edgeConfig(env)
  const telemetry = telemetryOf({
    service: 'edge',
    meter: env.METER,
    config,
    sinks: [jsonLog('edge', config.LOG_LEVEL)],
    clock,
    random,
    waitUntil,
    lingers: true,
  })
  const { report } = telemetry
  const footing = { clock, random, report, shedding: config.EDGEPOLL_SHEDDING !== 'off' }
  const guards = guardsOf(footing, Object.keys(config.databases.urls))
  const archive = edgeArchive({ config: config.databases, guardOf: guards.postgresOf, report, clock })
  const windows = ballotWindows(clock)
  const boards = protectBoards(scoreboards(env.SCOREBOARD, clock), guards.boards)
  const around = { clock, random, report, waitUntil, colo, kv: protectKeyValues(env.READS, guards.kv) }
  const owned = purgeFront(boards, { front, waitUntil, report })
  const pollBook = rememberPolls(boards, around)
  const pollViews = rememberViews(boards, around)
  const results = rememberResults(boards, around)
  const receipts = receiptBook(config.RECEIPT_KEY)
  const boxes = protectBallotBoxes(ballotBoxes(env.BALLOT_BOX, clock), guards.boxes, windows, footing)
  const tokens = tokenReader()
  const { ballots, invites, retention, usage, workspaces: spaces } = archive
  const overTime = { pollBook, ballotBoxes: boxes, rollupReader: archive.rollups }
  const aside = { pause, waitUntil, report }
  const change = changePoll({ pollBook, pollViews, scoreboards: owned })
  const keys = rememberKeys(archive.keyRing, around)
  const drawSecret = hash('drawn-again', config.ROOT_KEY)
  const manage = { keyBook: archive.keyBook, forgetKey: keys.forget, clock, random, drawSecret }
  const healthChecks = [
    countingHealth(boards),
    archive.health,
    redisHealth({ url: config.UPSTASH_REDIS_REST_URL, token: config.UPSTASH_REDIS_REST_TOKEN }),
    keyValueHealth(env.READS),
  ]
  const redis = new Redis({
    url: config.UPSTASH_REDIS_REST_URL,
    token: config.UPSTASH_REDIS_REST_TOKEN,
    retry: false,
    enableTelemetry: false,
    // It would gather the commands of several requests into one, whose promise belongs to the first of them.
    enableAutoPipelining: false,
    signal: () => AbortSignal.timeout(redisTerms.timeoutMs),
  })
  const admitted = admitCallers({
    redis,
    locations: {
      free: env.OWNER_CALLS_FREE,
      pro: env.OWNER_CALLS_PRO,
      enterprise: env.OWNER_CALLS_ENTERPRISE,
    },
    clock,
    report,
    waitUntil,
    redisTimeoutMs: redisTerms.timeoutMs,
  })
  const resultsReader = readResults({ pollViews, results, scoreboards: boards, receipts, clock })
  return {
    addressOf: addressReader(config),
    admission: footing.shedding ? admitted : { ...admitted, ballots: { refusedUntil: () => null } },
    auditPoll: auditPoll({ pollBook: boards, ballotBoxes: boxes, recordsOf: archive.recordsOf }),
    castBallot: castBallot({
      pollBook,
      ballotBoxes: boxes,
      receipts,
      tokens,
      challenges: protectChallenges(
        turnstile({ url: config.TURNSTILE_URL, secret: config.TURNSTILE_SECRET }),
        guards.challenges,
      ),
      suspicion: suspicion(env.NEW_VOTERS, clock, report),
      random,
    }),
    changePoll: change,
    changeWorkspace: changeWorkspace({ workspaces: spaces }),
    checkHealth: checkHealth({ healthChecks }),
    releaseId: env.VERSION.id || null,
    closePoll: closePoll({ pollBook, pollViews, results, scoreboards: owned }),
    createPoll: createPoll({
      scoreboards: boards,
      source: boards,
      roomForPoll: roomForPoll(usage),
      pollViews,
      clock,
      random,
      idSecret: hash('poll-ids', config.ROOT_KEY),
    }),
    createWorkspace: createWorkspace({
      workspaces: spaces,
      clock,
      random,
    }),
    door: door(guards, windows, footing),
    deletePoll: deletePoll({ pollBook, pollViews, results, scoreboards: owned }),
    editPoll: editPoll({ source: boards, pollBook, pollViews, scoreboards: owned }),
    eraseBallot: eraseBallot({ pollBook, ballotBoxes: boxes, results }),
    exportBallots: exportBallots({
      pollBook,
      ballotBoxes: boxes,
      ballotPages: ballots,
      pause,
      clock,
      writeTokens: archive.writeTokens,
    }),
    exposeMetrics: telemetry.expose,
    followResults: followResults({ readResults: resultsReader, pause, clock }),
    issueInvites: issueInvites({ pollBook, scoreboards: boards, inviteBook: invites, clock, ...aside }),
    listBallots: listBallots({ pollBook, ballotBoxes: boxes, ballotPages: ballots }),
    listInvites: listInvites({ pollBook, inviteBook: invites }),
    firstAnswers: firstAnswers({
      redis: redisAnswers(redis, { timeoutMs: redisTerms.timeoutMs, prefix: 'edgepoll:answers:' }),
      postgres: archive.answers,
      waitUntil,
    }),
    identifyCaller: identifyCaller({
      keyRing: keys,
      clock,
      noteUse: keyUse(archive.keyBook, { clock, waitUntil }),
      rootKey: config.ROOT_KEY,
    }),
    issueKey: issueKey(manage),
    listActions: listActions({ auditLog: archive.actions }),
    listKeys: listKeys(manage),
    eraseVoter: eraseVoter({ pollBook, ballotBoxes: boxes, results }),
    exportVoter: exportVoter({ pollBook, ballotBoxes: boxes }),
    forgetAged: forgetAged({ retentionRecords: retention, clock, report }),
    listPolls: listPolls({ pollReader: archive.polls, clock }),
    listTexts: listTexts({ pollBook, ballotPages: ballots }),
    mayWatch: mayWatch({ pollViews, receipts, clock }),
    noteAction: noteAction({ auditLog: archive.actions, report, pause, waitUntil }),
    openLive: openLive({ pollViews, results, receipts, relays: relays(env.RELAY, random), clock }),
    pollIds: archive.pollIds,
    publishedFile: (name) => env.ASSETS.fetch(new URL(name, 'https://assets.invalid/')),
    proveBallot: proveBallot({ pollBook, ballotBoxes: boxes }),
    readBallot: readBallot({ pollBook, ballotPages: ballots }),
    readCheckpoints: readCheckpoints({ pollBook, ballotBoxes: boxes }),
    readKey: readKey(manage),
    readLog: readLog({ pollBook, ballotBoxes: boxes }),
    readOwnBallot: readOwnBallot({ pollBook, ballotBoxes: boxes, receipts, tokens, random }),
    readPoll: readPoll({ pollViews }),
    readPollFor: readPollFor({ pollBook, pollViews }),
    readBreakdown: readBreakdown(overTime),
    readTimeline: readTimeline(overTime),
    readUsage: readUsage({ usageBook: rememberUsage(usage, redisTier(redis, clock, redisTerms), around) }),
    readResults: resultsReader,
    readWorkspace: readWorkspace({ workspaces: spaces }),
    recallResults: recallResults({ pollViews, results, clock }),
    receipts,
    renameKey: renameKey(manage),
    revokeKey: revokeKey(manage),
    rotateKey: rotateKey(manage),
    retirePolls: retirePolls({ retentionRecords: retention, scoreboards: owned, clock, report }),
    redriveLetters: redriveLetters({
      deadLetters: archive.deadLetters,
      resend: async (bodies) => {
        await env.BALLOTS.sendBatch(bodies.map((body) => ({ body, contentType: 'json' })))
      },
    }),
    revokeInvite: revokeInvite({ pollBook, changePoll: change, inviteBook: invites, clock, ...aside }),
    written: archive.writeTokens.written,
    ...edgeWebhooks({
      config,
      webhookBook: archive.webhooks,
      deliveryLog: archive.deliveries,
      pollBook,
      queue: env.DELIVERIES,
      waitUntil,
      clock,
      random,
      drawSecret,
      report,
    }),
    clock,
    random,
    report,
    tracing: telemetry.tracing,
  }
}

/** A caller must not wait for Redis longer than for what it saves. */
const redisTerms = { timeoutMs: 80, prefix: 'edgepoll:cache:' } as const

/** Counting is there when a scoreboard answers, be it that it knows no such poll. */
const countingHealth = (book: PollBook): HealthCheck => ({
  name: 'counting',
  check: async (signal) => {
    await book.find(`poll_${'0'.repeat(26)}`, signal)
  },
})

/** KV is there when it says whether it has something; that there is nothing by this name is an answer. */
const keyValueHealth = (store: KeyValueStore): HealthCheck => ({
  name: 'kv',
  check: async () => {
    await store.get('health', { type: 'text', cacheTtl: 30 })
  },
})
