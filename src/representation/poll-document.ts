// A poll as a client sees it: everything with its owner's key, and without one what a voter needs.
import { modeOf } from '../application/tenant.ts'
import { type AccountKey, type Dedupe, type Poll, statusOf } from '../domain/poll/poll.ts'
import { time } from './time.ts'

export interface Viewpoint {
  /** Whether the reader holds a key of the poll's workspace. */
  readonly owner: boolean
  /** Scheme and host that the urls are written with. */
  readonly origin: string
  readonly now: number
}

export const pollDocument = (poll: Poll, { owner, origin, now }: Viewpoint) => ({
  id: poll.id,
  title: poll.title,
  description: poll.description,
  status: statusOf(poll, now),
  questions: poll.questions,
  opensAt: time(poll.opensAt),
  closesAt: time(poll.closesAt),
  results: poll.results,
  dedupe: owner ? dedupeDocument(poll.dedupe) : { by: poll.dedupe.by },
  revisions: poll.revisions,
  challenge: poll.challenge,
  version: poll.version,
  createdAt: time(poll.createdAt),
  urls: {
    self: `${origin}/v1/polls/${poll.id}`,
    results: `${origin}/v1/polls/${poll.id}/results`,
    live: `${origin.replace(/^http/, 'ws')}/v1/polls/${poll.id}/results/live`,
    page: `${origin}/p/${poll.id}`,
  },
  ...(owner && {
    allowedOrigins: poll.allowedOrigins,
    expectedVoters: poll.expectedVoters,
    labels: poll.labels,
    archived: poll.archived,
    shards: poll.shards,
    mode: modeOf(poll.workspaceId),
  }),
})

/** Secrets are write-only. */
const dedupeDocument = (dedupe: Dedupe) =>
  dedupe.by === 'account' ? { by: dedupe.by, keys: dedupe.keys.map(withoutSecret) } : dedupe

const withoutSecret = (key: AccountKey) => (key.alg === 'HS256' ? { kid: key.kid, alg: key.alg } : key)
