// Examples of everything that travels in every format, made by the code that makes them for clients where there is some.
import { definePoll, type PollDraft } from '../../src/domain/poll/define-poll.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { resultsOf } from '../../src/domain/tally/results.ts'
import { countBallot, emptyTally } from '../../src/domain/tally/tally.ts'
import { ballotDocument } from '../../src/representation/ballot-document.ts'
import { pollDocument } from '../../src/representation/poll-document.ts'
import type { Shape } from '../../src/representation/protobuf.ts'

const draft = {
  title: 'Lunch? 🍕',
  description: 'Every Tuesday\nat noon',
  questions: [
    {
      id: 'where',
      type: 'choice',
      prompt: 'Where?',
      min: 1,
      max: 2,
      shuffle: true,
      options: [
        { id: 'pizza', label: 'Pizza', image: 'https://example.com/p.png' },
        { id: '__proto__', label: 'Sushi' },
      ],
    },
    {
      id: 'order',
      type: 'ranking',
      prompt: 'Rank',
      options: [
        { id: 'a', label: 'A' },
        { id: 'b', label: 'B' },
        { id: 'c', label: 'C' },
      ],
    },
    { id: 'stars', type: 'rating', prompt: 'How was it?', scale: 5, required: false },
    { id: 'nps', type: 'nps', prompt: 'Recommend us?' },
    { id: 'why', type: 'text', prompt: 'Why?', maxLength: 500 },
  ],
  results: 'after-vote',
  dedupe: { by: 'ip', limit: 3 },
  revisions: 'until-close',
  challenge: 'suspicious',
  allowedOrigins: ['https://a.example'],
  expectedVoters: 9_007_199_254_740_991,
  labels: { team: 'ops', ['__proto__']: 'too' },
} as const satisfies PollDraft

const times = { opensAt: '2026-11-24T12:00:00.000Z', closesAt: '1969-12-31T23:59:59.999Z' }

const poll = (changes: Partial<Poll> = {}): Poll => {
  const defined = definePoll(draft)
  if (!defined.ok) throw new Error(JSON.stringify(defined.refusal))
  const at = Date.UTC(2026, 10, 24, 12, 0, 0, 7)
  return {
    ...defined.value,
    id: 'poll_1',
    workspaceId: 'ws_1',
    shards: 256,
    phase: 'open',
    archived: false,
    version: 42,
    createdAt: at,
    closesAt: at + 1,
    ...changes,
  }
}

const view = (owner: boolean, changes: Partial<Poll> = {}) =>
  pollDocument(poll(changes), { owner, origin: 'https://edge.test', now: Date.UTC(2026, 10, 24) })

const results = () => {
  const { questions } = poll()
  const ballots = [
    { where: ['pizza'], order: ['b', 'a'], stars: 4, nps: 9, why: 'close by' },
    { where: ['pizza', '__proto__'], order: ['c'], stars: 1, nps: 0 },
  ]
  const tally = ballots.reduce(
    (counted, answers) => countBallot(questions, counted, answers),
    emptyTally(questions),
  )
  const rounds = [
    { counts: { a: 0, b: 1, c: 1 }, eliminated: ['a'] },
    { counts: { b: 1, c: 1 }, eliminated: ['c'] },
  ]
  const runoffs = { order: { winner: 'b', exhausted: 1, rounds } }
  return [
    resultsOf(poll(), emptyTally(questions), { version: 0, asOf: 0, final: false }),
    resultsOf(poll(), tally, { version: 7, asOf: Date.UTC(2026, 10, 24), final: true, runoffs }),
    resultsOf(poll(), tally, {
      version: 8,
      asOf: 1,
      final: true,
      runoffs: { order: { winner: null, exhausted: 0, rounds: [] } },
    }),
  ]
}

const accepted = ballotDocument(
  {
    id: 'bal_1',
    pollId: 'poll_1',
    castAt: Date.UTC(2026, 10, 24, 12, 0, 0, 7),
    revision: 3,
    shard: 0,
    seq: 1,
    commitment: '',
  },
  'a.b.c',
)
const answers = {
  where: ['pizza'],
  order: ['b', 'a'],
  stars: 4,
  nps: 0,
  why: '\ufeffclose "by"\n🍕 é',
  ['__proto__']: ['x'],
}
const entry = {
  kind: 'revise',
  shard: 255,
  seq: 123_456,
  ballotId: 'bal_1',
  revision: 2,
  castAt: '2026-11-24T12:00:00.007Z',
  commitment: 'ab'.repeat(32),
}
const checkpoint = { pollId: 'poll_1', shard: 255, seq: 123_500, head: 'cd'.repeat(32), signature: 'a.b.c' }

const examples: Readonly<Record<Shape, readonly object[]>> = {
  pollDraft: [
    { ...draft, ...times, status: 'draft' },
    { title: '', questions: [{ type: 'choice', prompt: 'Where?', options: [{ label: 'Pizza' }] }] },
    ...[{ by: 'session' }, { by: 'ip' }, { by: 'invite' }, { by: 'none' }].map((dedupe) => ({
      title: 'x',
      dedupe,
    })),
    {
      title: 'x',
      dedupe: {
        by: 'account',
        keys: [
          { kid: 'a', alg: 'EdDSA', x: 'x'.repeat(43) },
          { kid: 'b', alg: 'HS256', secret: 's' },
        ],
      },
    },
  ],
  poll: [
    view(true),
    view(false),
    view(true, { dedupe: { by: 'invite' }, description: null }),
    { ...view(true), final: false },
  ],
  pollPage: [
    { data: [view(true), view(false)], nextCursor: 'abc' },
    { data: [], nextCursor: null },
  ],
  ballotDraft: [{ answers, inviteCode: 'ABCD', voterToken: 'a.b.c', challengeToken: 'x' }, { answers: {} }],
  ballot: [accepted],
  ownBallot: [{ ...accepted, answers }],
  proof: [
    { entry, previous: '00'.repeat(32), leaves: ['11'.repeat(32), '22'.repeat(32)], checkpoint },
    { entry, previous: '', leaves: [], checkpoint: null },
  ],
  results: results(),
}

export const exampleOf = (shape: Shape): readonly object[] => examples[shape]

export const shapesWithExamples = Object.keys(examples) as readonly Shape[] // the keys of a record over all shapes
