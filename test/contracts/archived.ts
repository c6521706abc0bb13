// What is archived in these tests: ballots, and polls with all that a definition may hold.
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'

export const aBallot = (id: string, but: Partial<ArchivedBallot> = {}): ArchivedBallot => ({
  id,
  revision: 1,
  castAt: 1_795_560_000_000,
  answers: { where: ['pizza'] },
  country: 'DE',
  shard: 3,
  seq: 1,
  salt: '0123456789abcdef0123456789abcdef',
  ...but,
})

export const aPoll = (but: Partial<Poll> = {}): Poll => ({
  id: 'poll_a',
  workspaceId: 'ws_a',
  title: 'Lunch? 🍕',
  description: null,
  questions: [{ id: '__proto__', type: 'nps', prompt: `"How's it?" \u2028`, required: true }],
  opensAt: null,
  closesAt: 1_795_570_000_000,
  results: 'always',
  dedupe: { by: 'session' },
  revisions: 'none',
  challenge: 'off',
  allowedOrigins: [],
  expectedVoters: 1000,
  labels: { team: 'ops' },
  shards: 4,
  phase: 'open',
  archived: false,
  version: 3,
  createdAt: 1_795_560_000_123,
  ...but,
})
