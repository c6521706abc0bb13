// What a poll is. Times are milliseconds since the epoch, UTC.

/** Unique within a poll (questions) or a question (options): `[a-z0-9_-]{1,40}`. */
export type QuestionId = string
export type OptionId = string

export interface Option {
  readonly id: OptionId
  readonly label: string
  /** An absolute https URL. */
  readonly image?: string
}

interface AnyQuestion {
  readonly id: QuestionId
  readonly prompt: string
  /** Whether a ballot without an answer to this question is refused. */
  readonly required: boolean
}

export interface ChoiceQuestion extends AnyQuestion {
  readonly type: 'choice'
  /** How many options an answer names, at least and at most. `max: 1` is a single choice. */
  readonly min: number
  readonly max: number
  /** Whether a page shows the options in a random order. Never changes counting. */
  readonly shuffle: boolean
  readonly options: readonly Option[]
}

export interface RankingQuestion extends AnyQuestion {
  readonly type: 'ranking'
  readonly options: readonly Option[]
}

export interface RatingQuestion extends AnyQuestion {
  readonly type: 'rating'
  /** The highest rating, 2–10; the lowest is 1. */
  readonly scale: number
}

export interface NpsQuestion extends AnyQuestion {
  readonly type: 'nps'
}

export interface TextQuestion extends AnyQuestion {
  readonly type: 'text'
  /** In code points. */
  readonly maxLength: number
}

export type Question = ChoiceQuestion | RankingQuestion | RatingQuestion | NpsQuestion | TextQuestion

/** The ids of those that are rankings. */
export const rankingsIn = (questions: readonly Question[]): readonly QuestionId[] =>
  questions.flatMap(({ id, type }) => (type === 'ranking' ? [id] : []))

export type PollStatus = 'draft' | 'scheduled' | 'open' | 'closed'

/** Who may see results, and when. */
export type ResultsVisibility = 'always' | 'after-vote' | 'after-close' | 'hidden'

/** Whose quota a ballot uses; see docs/design/counting.md. */
export type Dedupe =
  | { readonly by: 'session' }
  | { readonly by: 'ip'; readonly limit: number }
  | { readonly by: 'invite' }
  | { readonly by: 'account'; readonly keys: readonly AccountKey[] }
  | { readonly by: 'none' }

export type AccountKey =
  | { readonly kid: string; readonly alg: 'EdDSA'; readonly x: string }
  | { readonly kid: string; readonly alg: 'HS256'; readonly secret: string }

export type Revisions = 'none' | 'until-close'
export type Challenge = 'off' | 'suspicious' | 'always'

/** What an owner decides about a poll. Everything but the questions may be changed while it is open. */
export interface PollDefinition {
  readonly title: string
  readonly description: string | null
  readonly questions: readonly Question[]
  readonly opensAt: number | null
  readonly closesAt: number | null
  readonly results: ResultsVisibility
  readonly dedupe: Dedupe
  readonly revisions: Revisions
  readonly challenge: Challenge
  /** Origins whose pages may embed and watch; empty: any. */
  readonly allowedOrigins: readonly string[]
  readonly expectedVoters: number | null
  readonly labels: Readonly<Record<string, string>>
}

/** Where a poll is in its life. `closing` is durable before the first box is frozen; on the wire it is `closed`. */
export type PollPhase = 'draft' | 'open' | 'closing' | 'closed'

export interface Poll extends PollDefinition {
  readonly id: string
  readonly workspaceId: string
  /** How many ballot boxes the voters are spread over. Fixed when the poll is made. */
  readonly shards: number
  readonly phase: PollPhase
  readonly archived: boolean
  /** How many may watch live at once: what the workspace's plan gave when the poll was made. */
  readonly mostViewers?: number
  /** Counts definitions: 1 when made, one more at each change. */
  readonly version: number
  readonly createdAt: number
  /** When it began to close: set once, for a poll that does or has. */
  readonly closedAt?: number
}

/** Counts everything that can be told of a poll: `closing` and `closed` are one version of it and two stages. */
export const stageOf = ({ version, phase }: Pick<Poll, 'version' | 'phase'>): number =>
  version * 2 + (phase === 'closed' ? 1 : 0)

/** The status a client is shown. Scheduled is an open poll whose `opensAt` has not come. */
export const statusOf = (poll: Pick<Poll, 'phase' | 'opensAt' | 'closesAt'>, now: number): PollStatus => {
  if (poll.phase === 'draft') return 'draft'
  if (poll.phase !== 'open') return 'closed'
  if (poll.closesAt !== null && now >= poll.closesAt) return 'closed'
  return poll.opensAt !== null && now < poll.opensAt ? 'scheduled' : 'open'
}

/** Whether voters could ever vote in it. One that was closed before its `opensAt` came never was open. */
export const hasOpened = (
  { phase, opensAt, closedAt }: Pick<Poll, 'phase' | 'opensAt' | 'closedAt'>,
  now: number,
): boolean => phase !== 'draft' && (opensAt === null || opensAt <= Math.min(now, closedAt ?? now))

/** Whether nothing has landed in it since before a time. A poll that closed before polls were told when says nothing of it
 *  itself: for it whoever asks must know. */
export const closedBefore = (
  { phase, closedAt = 0 }: Pick<Poll, 'phase' | 'closedAt'>,
  time: number,
): boolean => phase === 'closed' && closedAt < time

/** The poll without what only its owner may know: safe to keep in any cache. */
export const publicPoll = (poll: Poll): Poll => ({
  ...poll,
  dedupe: poll.dedupe.by === 'account' ? { by: 'account', keys: [] } : poll.dedupe,
  labels: {},
})

/** Whether a text has the form of an id that `create-poll` gives out. */
export const isPollId = (text: string): boolean => /^poll_[0-9a-hjkmnp-tv-z]{26}$/.test(text)
