// Polls for tests: `aPoll({ … })` is a valid open poll with one choice question, changed where a test cares.
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { Poll, Question } from '../../src/domain/poll/poll.ts'

let made = 0

export const aPoll = (changes: Partial<Poll> = {}): Poll => ({
  id: `poll_test${++made}`,
  workspaceId: 'ws_test',
  title: 'Lunch?',
  description: null,
  questions: [
    {
      id: 'where',
      type: 'choice',
      prompt: 'Where?',
      required: true,
      min: 1,
      max: 1,
      shuffle: false,
      options: [
        { id: 'pizza', label: 'Pizza' },
        { id: 'sushi', label: 'Sushi' },
      ],
    },
  ],
  opensAt: null,
  closesAt: null,
  results: 'always',
  dedupe: { by: 'session' },
  revisions: 'none',
  challenge: 'off',
  allowedOrigins: [],
  expectedVoters: null,
  labels: {},
  shards: 1,
  phase: 'open',
  archived: false,
  version: 1,
  createdAt: Date.UTC(2026, 10, 24),
  ...changes,
})

/** A definition with a secret of its own. */
export const aDefinition = (
  changes: Partial<Poll> = {},
  revokedInvites: readonly number[] = [],
): CountingDefinition => {
  const poll = aPoll(changes)
  return { poll, secret: new TextEncoder().encode(poll.id.padEnd(32, '.')).slice(0, 32), revokedInvites }
}

/** Two questions that people may answer alone: one choice, and one text that counting only counts. */
export const whereAndWhy: readonly Question[] = [
  ...aPoll().questions,
  { id: 'why', type: 'text', prompt: 'Why?', required: false, maxLength: 5_000 },
]

/** A ranking of `a`, `b` and `c`, and a text, both of which people may leave out. */
export const rankedAndWhy: readonly Question[] = [
  {
    id: 'order',
    type: 'ranking',
    prompt: 'Rank',
    required: false,
    options: ['a', 'b', 'c'].map((id) => ({ id, label: id })),
  },
  { id: 'why', type: 'text', prompt: 'Why?', required: false, maxLength: 100 },
]
