// A poll's definition as Postgres may know it: whole, but for the secrets of account keys.
import type { AccountKey, Dedupe, Poll, PollDefinition } from '../domain/poll/poll.ts'

export interface RecordedDefinition extends Omit<PollDefinition, 'dedupe'> {
  readonly dedupe: RecordedDedupe
  readonly shards: number
  /** Milliseconds since the epoch; not of a poll that was closed before polls were told. */
  readonly closedAt?: number
}

/** An HS256 key keeps its name and algorithm, so that an owner still sees which keys there are. */
export type RecordedDedupe =
  | Exclude<Dedupe, { by: 'account' }>
  | { readonly by: 'account'; readonly keys: readonly RecordedKey[] }

type RecordedKey = Extract<AccountKey, { alg: 'EdDSA' }> | { readonly kid: string; readonly alg: 'HS256' }

/** Names every field, so that what a poll learns later comes here only when someone decides so. */
export const recordedDefinition = (poll: Poll): RecordedDefinition => ({
  title: poll.title,
  description: poll.description,
  questions: poll.questions,
  opensAt: poll.opensAt,
  closesAt: poll.closesAt,
  results: poll.results,
  dedupe:
    poll.dedupe.by === 'account' ? { by: 'account', keys: poll.dedupe.keys.map(withoutSecret) } : poll.dedupe,
  revisions: poll.revisions,
  challenge: poll.challenge,
  allowedOrigins: poll.allowedOrigins,
  expectedVoters: poll.expectedVoters,
  labels: poll.labels,
  shards: poll.shards,
  ...(poll.closedAt !== undefined && { closedAt: poll.closedAt }),
})

const withoutSecret = (key: AccountKey): RecordedKey =>
  key.alg === 'HS256' ? { kid: key.kid, alg: key.alg } : { kid: key.kid, alg: key.alg, x: key.x }

/** What is shown of it again. Secrets of account keys are not in Postgres; nothing that lists polls shows them. */
export const recalledDefinition = ({ dedupe, ...rest }: RecordedDefinition) => ({
  ...rest,
  dedupe:
    dedupe.by === 'account' ? { by: dedupe.by, keys: dedupe.keys.map((key) => withSecret(key)) } : dedupe,
})

const withSecret = (key: RecordedKey): AccountKey => (key.alg === 'HS256' ? { ...key, secret: '' } : key)
