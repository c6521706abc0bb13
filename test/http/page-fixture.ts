// A polling station for the page's tests: one poll in memory, checked and counted by the real domain.

import { Hono } from 'hono'
import { checkBallot } from '../../src/domain/ballot/check-ballot.ts'
import { definePoll, type PollDraft } from '../../src/domain/poll/define-poll.ts'
import { type Poll, type PollPhase, statusOf } from '../../src/domain/poll/poll.ts'
import type { VotingRefusal } from '../../src/domain/refusal.ts'
import { type Results, resultsOf } from '../../src/domain/tally/results.ts'
import { countBallot, emptyTally } from '../../src/domain/tally/tally.ts'
import { Deadline } from '../../src/http/deadline.ts'
import type { Http, Services } from '../../src/http/http.ts'
import { page } from '../../src/http/routes/page.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { accept, refuse } from '../../src/kernel/result.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'

export const now = Date.parse('2026-11-24T12:00:00Z')

export const aPoll = (draft: Partial<PollDraft> = {}, phase: PollPhase = 'open'): Poll => {
  const defined = definePoll({ title: 'Lunch?', questions: [where], ...draft })
  if (!defined.ok) throw new Error(JSON.stringify(defined.refusal))
  return {
    ...defined.value,
    id: 'poll_lunch',
    workspaceId: 'ws_1',
    shards: 1,
    phase,
    archived: false,
    version: 1,
    createdAt: now,
  }
}

export const where = {
  id: 'where',
  type: 'choice',
  prompt: 'Where shall we go?',
  options: [
    { id: 'pizza', label: 'Pizza' },
    { id: 'sushi', label: 'Sushi' },
  ],
} as const

/** One question of every kind. */
export const everyKind = [
  where,
  {
    id: 'sides',
    type: 'choice',
    prompt: 'Which sides?',
    min: 1,
    max: 2,
    options: [
      { id: 'fries', label: 'Fries' },
      { id: 'salad', label: 'Salad' },
      { id: 'soup', label: 'Soup' },
    ],
  },
  {
    id: 'order',
    type: 'ranking',
    prompt: 'Rank the days',
    options: [
      { id: 'mo', label: 'Monday' },
      { id: 'we', label: 'Wednesday' },
      { id: 'fr', label: 'Friday' },
    ],
  },
  { id: 'stars', type: 'rating', prompt: 'How was the last one?', scale: 5 },
  { id: 'nps', type: 'nps', prompt: 'Would you recommend us?' },
  { id: 'why', type: 'text', prompt: 'Why?', maxLength: 500 },
] as const

/** What the page may ask of the services. */
type Verbs =
  | 'readPoll'
  | 'readResults'
  | 'readOwnBallot'
  | 'castBallot'
  | 'addressOf'
  | 'clock'
  | 'random'
  | 'report'

export interface Station {
  readonly app: Hono<Http>
  /** Every ballot counted, by voter. */
  readonly ballots: Map<string, { id: string; answers: string }>
  readonly results: () => Results
  /** What the next cast is refused with, whatever it says. */
  refuseNext: VotingRefusal | null
  phase: PollPhase
  /** What the last cast showed beside its answers. */
  shown: { readonly inviteCode: string | null; readonly voterToken: string | null } | null
}

export const aStation = (made: Poll, onChange: (results: Results) => void = () => {}): Station => {
  let tally = emptyTally(made.questions)
  const poll = (): Poll => ({ ...made, phase: station.phase })
  const results = () =>
    resultsOf(made, tally, { version: tally.ballots, asOf: now, final: station.phase === 'closed' })
  const ballotOf = (id: string) => ({
    id,
    pollId: made.id,
    revision: 1,
    castAt: now,
    shard: 0,
    seq: 1,
    commitment: '',
  })
  const services: Pick<Services, Verbs> = {
    clock: { now: () => now },
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), fraction: () => 0.5 },
    report: () => {},
    addressOf: () => '203.0.113.7',
    readOwnBallot: async ({ voterId }) => {
      const own = station.ballots.get(voterId ?? '')
      if (own === undefined) return refuse({ reason: 'ballot-not-found' })
      const answers = JSON.parse(own.answers)
      return accept({ ballot: ballotOf(own.id), answers, receipt: `receipt.${own.id}` })
    },
    readPoll: async ({ pollId }) => {
      if (pollId === 'poll_away') throw new Unavailable('counting')
      return pollId === made.id ? accept(poll()) : refuse({ reason: 'poll-not-found' })
    },
    readResults: async ({ receipt }) => {
      const open = made.results === 'always' || (made.results === 'after-close' && station.phase === 'closed')
      const voted = made.results === 'after-vote' && receipt?.startsWith('receipt.') === true
      if (!open && !voted) return refuse({ reason: 'results-hidden' })
      const read = results()
      const snapshot = {
        pollId: made.id,
        version: read.version,
        final: read.final,
        document: JSON.stringify(read),
        pairwise: null,
      }
      return accept({ snapshot, open, from: 'origin', ageMs: 0, stale: false })
    },
    castBallot: async ({ pollId, answers, voterId, inviteCode, voterToken }) => {
      if (pollId === 'poll_broken') throw new Error('broken')
      station.shown = { inviteCode, voterToken }
      const refusal = station.refuseNext
      station.refuseNext = null
      if (refusal !== null) return refuse(refusal)
      if (voterId === null) return refuse({ reason: 'voter-id-required' })
      if (statusOf(poll(), now) === 'closed') return refuse({ reason: 'poll-closed' })
      const checked = checkBallot(made.questions, answers)
      if (!checked.ok) return checked
      const text = JSON.stringify(checked.value)
      const before = station.ballots.get(voterId)
      if (before !== undefined && before.answers !== text) return refuse({ reason: 'already-voted' })
      const id = before?.id ?? `bal_${station.ballots.size + 1}`
      if (before === undefined) {
        station.ballots.set(voterId, { id, answers: text })
        tally = countBallot(made.questions, tally, checked.value)
        onChange(results())
      }
      const kind = before === undefined ? 'accepted' : 'replayed'
      return accept({ kind, ballot: ballotOf(id), receipt: `receipt.${id}`, retrySafe: true })
    },
  }
  const app = new Hono<Http>()
    .use(async (c, next) => {
      c.set('services', services as Services) // the verbs the page may call, and no other
      c.set('requestId', '00000000-0000-4000-8000-000000000000')
      c.set('deadline', new Deadline(systemClock))
      await next()
    })
    .route('/', page)
  const station: Station = {
    app,
    ballots: new Map(),
    results,
    refuseNext: null,
    phase: made.phase,
    shown: null,
  }
  return station
}
