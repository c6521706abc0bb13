// What a run is made of, drawn from its seed: which polls, how many voters, when things happen.
import type { PollDraft } from '../../src/domain/poll/define-poll.ts'
import type { Chance } from '../support/simulated/chance.ts'
import { wordsQuestion } from './people/answers.ts'

export interface RunPlan {
  readonly polls: readonly PollPlan[]
  /** Until when things go wrong, ms from the start. */
  readonly peaceAt: number
}

/** Times are ms from the start of the run. */
export interface PollPlan {
  readonly name: string
  readonly draft: PollDraft
  /** false: made as a draft and opened later. */
  readonly open: boolean
  /** When the owner closes it; null: never, or it closes by itself. */
  readonly closesAt: number | null
  readonly deletesAt: number | null
  /** When the owner changes what it says, and when its questions. */
  readonly titlesAt: readonly number[]
  readonly questionsAt: number | null
  readonly erasures: number
  readonly invites: number
  readonly revocations: number
  readonly voters: number
  /** Around when most voters come. */
  readonly surgeAt: number
  readonly viewers: number
}

const peaceAt = 90_000

export const planRun = (chance: Chance, began: number): RunPlan => {
  const kinds = chance.shuffled(['session', 'revisable', 'ip', 'invite', 'none', 'account'] as const)
  const polls = kinds.slice(0, 2).map((kind) => planPoll(kind, chance.fork(kind), began))
  return { polls, peaceAt }
}

type Kind = 'session' | 'revisable' | 'ip' | 'invite' | 'none' | 'account'

const planPoll = (kind: Kind, chance: Chance, began: number): PollPlan => {
  const surgeAt = chance.between(6_000, 16_000)
  const fate = chance.fraction()
  const closesItself = fate < 0.15
  const closes = fate >= 0.15 && fate < 0.85
  const closing = surgeAt + chance.between(-500, 3_000)
  const deletes = chance.happens(0.25)
  return {
    name: kind,
    draft: {
      title: `A ${kind} poll`,
      questions: questionsOf(chance),
      opensAt: chance.happens(0.15) ? Math.floor(began + surgeAt - 2_000) : null,
      closesAt: closesItself ? Math.floor(began + closing) : null,
      dedupe: dedupeOf(kind, chance),
      revisions: kind === 'revisable' || chance.happens(0.4) ? 'until-close' : 'none',
      expectedVoters: chance.pick([null, 1_000, 9_000, 12_000]),
    },
    open: chance.happens(0.7),
    closesAt: closes ? closing : null,
    // Some while it is being closed, most when all is calm.
    deletesAt: deletes
      ? chance.happens(0.4)
        ? closing + chance.between(0, 400)
        : chance.between(30_000, 70_000)
      : null,
    titlesAt: [surgeAt + chance.between(-1_000, 2_000), chance.between(20_000, 60_000)].filter(() =>
      chance.happens(0.4),
    ),
    questionsAt: chance.happens(0.55) ? chance.between(900, 5_000) : null,
    erasures: 2 + chance.below(4),
    invites: kind === 'invite' ? 40 : 0,
    revocations: kind === 'invite' ? 4 : 0,
    voters: 36 + chance.below(12),
    surgeAt,
    viewers: 2,
  }
}

const dedupeOf = (kind: Kind, chance: Chance): NonNullable<PollDraft['dedupe']> => {
  switch (kind) {
    case 'session':
    case 'revisable':
      return { by: 'session' }
    case 'ip':
      return { by: 'ip', limit: 1 + chance.below(3) }
    case 'account':
      return {
        by: 'account',
        keys: [{ kid: 'one', alg: 'HS256', secret: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXM' }],
      }
    default:
      return { by: kind }
  }
}

/** A text for words of one's own, and two or three others of every kind. */
const questionsOf = (chance: Chance): PollDraft['questions'] => {
  const options = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ id: `o${at + 1}`, label: `Option ${at + 1}` }))
  const others: PollDraft['questions'] = [
    { id: 'where', type: 'choice', prompt: 'Where?', options: options(3) },
    { id: 'which', type: 'choice', prompt: 'Which?', min: 1, max: 3, options: options(5) },
    { id: 'order', type: 'ranking', prompt: 'Rank', options: options(4) },
    { id: 'stars', type: 'rating', prompt: 'How was it?', scale: 5 },
    { id: 'nps', type: 'nps', prompt: 'Recommend us?' },
  ]
  return [
    ...chance.shuffled(others).slice(0, 2 + chance.below(2)),
    { id: wordsQuestion, type: 'text', prompt: 'Why?', maxLength: 200 },
  ]
}
