// What every handler can reach, and how it answers no.
import type { Context } from 'hono'
import type { Admission } from '../admission/admission.ts'
import type { Verdict } from '../admission/limiter.ts'
import type { auditPoll } from '../application/audit-poll.ts'
import type { Deed } from '../application/audit-ports.ts'
import type { castBallot } from '../application/cast-ballot.ts'
import type { renameKey, revokeKey, rotateKey } from '../application/change-key.ts'
import type { changePoll } from '../application/change-poll.ts'
import type { changeWorkspace, readWorkspace } from '../application/change-workspace.ts'
import type { checkHealth } from '../application/check-health.ts'
import type { closePoll } from '../application/close-poll.ts'
import type { createPoll } from '../application/create-poll.ts'
import type { createWorkspace } from '../application/create-workspace.ts'
import type { deletePoll } from '../application/delete-poll.ts'
import type { editPoll } from '../application/edit-poll.ts'
import type { eraseBallot } from '../application/erase-ballot.ts'
import type { Report } from '../application/events.ts'
import type { exportBallots } from '../application/export-ballots.ts'
import type { FirstAnswers } from '../application/first-answer-ports.ts'
import type { followResults } from '../application/follow-results.ts'
import type { forgetAged } from '../application/forget-aged.ts'
import type { Caller, identifyCaller } from '../application/identify-caller.ts'
import type { issueInvites } from '../application/issue-invites.ts'
import type { issueKey } from '../application/issue-key.ts'
import type { listActions } from '../application/list-actions.ts'
import type { listBallots, readBallot } from '../application/list-ballots.ts'
import type { listInvites } from '../application/list-invites.ts'
import type { listPolls } from '../application/list-polls.ts'
import type { listTexts } from '../application/list-texts.ts'
import type { listDeliveries, redeliver } from '../application/manage-deliveries.ts'
import type {
  changeWebhook,
  createWebhook,
  listWebhooks,
  readWebhook,
  removeWebhook,
  rotateWebhook,
} from '../application/manage-webhooks.ts'
import type { noteAction } from '../application/note-action.ts'
import type { openLive } from '../application/open-live.ts'
import type { BallotReader, ReceiptBook } from '../application/ports.ts'
import type { proveBallot } from '../application/prove-ballot.ts'
import type { listKeys, readKey } from '../application/read-keys.ts'
import type { readCheckpoints, readLog } from '../application/read-log.ts'
import type { readOwnBallot } from '../application/read-own-ballot.ts'
import type { readPoll, readPollFor } from '../application/read-poll.ts'
import type { mayWatch, readResults, recallResults } from '../application/read-results.ts'
import type { readBreakdown, readTimeline } from '../application/read-rollups.ts'
import type { readUsage } from '../application/read-usage.ts'
import type { redriveLetters } from '../application/redrive-letters.ts'
import type { retirePolls } from '../application/retire-polls.ts'
import type { revokeInvite } from '../application/revoke-invite.ts'
import type { eraseVoter, exportVoter } from '../application/voter-requests.ts'
import type { WriteTokens } from '../application/write-tokens.ts'
import type { Bytes } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import type { Trace } from '../kernel/trace.ts'
import type { Format } from '../representation/codec.ts'
import type { ExpositionForm } from '../telemetry/exposition.ts'
import type { Deadline } from './deadline.ts'
import type { Door } from './door.ts'
import { type AnyRefusal, problemOf } from './problems.ts'
import { respond } from './respond.ts'

/** The verbs, bound to what they need. runtime/services.ts makes them. */
export interface Services {
  readonly admission: Admission
  readonly auditPoll: ReturnType<typeof auditPoll>
  readonly castBallot: ReturnType<typeof castBallot>
  readonly changePoll: ReturnType<typeof changePoll>
  readonly changeWebhook: ReturnType<typeof changeWebhook>
  readonly changeWorkspace: ReturnType<typeof changeWorkspace>
  /** The version of the Worker that answers, as the platform names it; null: it has no name. */
  readonly releaseId: string | null
  readonly checkHealth: ReturnType<typeof checkHealth>
  readonly closePoll: ReturnType<typeof closePoll>
  readonly createPoll: ReturnType<typeof createPoll>
  readonly createWebhook: ReturnType<typeof createWebhook>
  readonly createWorkspace: ReturnType<typeof createWorkspace>
  readonly door: Door
  readonly deletePoll: ReturnType<typeof deletePoll>
  readonly editPoll: ReturnType<typeof editPoll>
  readonly eraseBallot: ReturnType<typeof eraseBallot>
  readonly eraseVoter: ReturnType<typeof eraseVoter>
  readonly exportVoter: ReturnType<typeof exportVoter>
  readonly exportBallots: ReturnType<typeof exportBallots>
  /** Every metric there is, as text. */
  readonly exposeMetrics: (form: ExpositionForm, signal: AbortSignal) => Promise<string>
  readonly firstAnswers: FirstAnswers
  readonly followResults: ReturnType<typeof followResults>
  readonly forgetAged: ReturnType<typeof forgetAged>
  readonly identifyCaller: ReturnType<typeof identifyCaller>
  readonly issueInvites: ReturnType<typeof issueInvites>
  readonly listBallots: ReturnType<typeof listBallots>
  readonly listDeliveries: ReturnType<typeof listDeliveries>
  readonly listInvites: ReturnType<typeof listInvites>
  readonly issueKey: ReturnType<typeof issueKey>
  readonly listActions: ReturnType<typeof listActions>
  readonly listKeys: ReturnType<typeof listKeys>
  readonly listPolls: ReturnType<typeof listPolls>
  readonly listTexts: ReturnType<typeof listTexts>
  readonly listWebhooks: ReturnType<typeof listWebhooks>
  readonly mayWatch: ReturnType<typeof mayWatch>
  readonly noteAction: ReturnType<typeof noteAction>
  readonly openLive: ReturnType<typeof openLive>
  readonly pollIds: BallotReader['pollIds']
  readonly proveBallot: ReturnType<typeof proveBallot>
  /** A file that is published beside this code, because it is too large to be part of it. */
  readonly publishedFile: (name: string) => Promise<Response>
  readonly readBallot: ReturnType<typeof readBallot>
  readonly readCheckpoints: ReturnType<typeof readCheckpoints>
  readonly readKey: ReturnType<typeof readKey>
  readonly readLog: ReturnType<typeof readLog>
  readonly readOwnBallot: ReturnType<typeof readOwnBallot>
  readonly readPoll: ReturnType<typeof readPoll>
  readonly readPollFor: ReturnType<typeof readPollFor>
  readonly readResults: ReturnType<typeof readResults>
  readonly readWebhook: ReturnType<typeof readWebhook>
  readonly readWorkspace: ReturnType<typeof readWorkspace>
  readonly recallResults: ReturnType<typeof recallResults>
  readonly readBreakdown: ReturnType<typeof readBreakdown>
  readonly readTimeline: ReturnType<typeof readTimeline>
  readonly readUsage: ReturnType<typeof readUsage>
  readonly redeliver: ReturnType<typeof redeliver>
  readonly redriveLetters: ReturnType<typeof redriveLetters>
  readonly revokeInvite: ReturnType<typeof revokeInvite>
  readonly retirePolls: ReturnType<typeof retirePolls>
  readonly receipts: ReceiptBook
  readonly removeWebhook: ReturnType<typeof removeWebhook>
  readonly renameKey: ReturnType<typeof renameKey>
  readonly revokeKey: ReturnType<typeof revokeKey>
  readonly rotateKey: ReturnType<typeof rotateKey>
  readonly rotateWebhook: ReturnType<typeof rotateWebhook>
  /** What is wrong with an address that events are to be sent to; null: nothing that can be seen from it. */
  readonly webhookFault: (url: string) => string | null
  /** The address a request comes from, as the platform reports it. */
  readonly addressOf: (headers: Headers) => string
  /** What a read must be given to see what a workspace has written; null: nothing need be given. */
  readonly written: WriteTokens['written']
  readonly clock: Clock
  readonly random: Random
  readonly report: Report
  /** Which requests are traced from their beginning on; null: none is. */
  readonly tracing: { samples(): boolean } | null
}

/** Read with `c.get`: `c.var` makes an object of all of them each time it is asked for one. */
export interface Http {
  Variables: {
    services: Services
    /** A UUID. */
    requestId: string
    /** Its part of a trace, where it has one. */
    trace?: Trace
    /** When the request's time is up: `signalOf`. */
    deadline: Deadline
    caller: Caller
    /** What is left of the quota of an owner's call, and the headers that say so. */
    quota?: Verdict
    quotaHeaders?: Readonly<Record<string, string>>
    /** How the client is answered: the media type it named, and the format behind it. */
    speech: { readonly mediaType: string; readonly format: Format }
    /** What an owner or the operator is about to do, and the id of what it is done to where neither path nor answer says. */
    deed?: Deed
    target?: string
    /** Of a request with an Idempotency-Key whose answer is kept: by what it draws again what it drew before. */
    drawName?: Bytes
    /** The code of the problem answered with, for the request's event. */
    code?: string
  }
}

/** Answers with the problem document of a refusal: never cached, always problem+json. */
export const refused = (
  c: Context<Http>,
  refusal: AnyRefusal,
  more: Readonly<Record<string, string>> = {},
): Response => {
  const { status, body, headers } = problemOf(refusal, new URL(c.req.url).origin, c.get('requestId'))
  c.set('code', refusal.reason)
  return respond(c, JSON.stringify(body), status, {
    ...headers,
    ...more,
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  })
}
