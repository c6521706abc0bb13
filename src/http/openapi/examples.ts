// Requests and answers as they really are: a test sends the requests and holds every example to its schema.
import { agingRows } from '../../application/retention-ports.ts'
import { problems } from '../problems.ts'
import { webhookExamples } from './webhook-examples.ts'

const questions = [
  {
    id: 'where',
    type: 'choice',
    prompt: 'Where?',
    min: 1,
    max: 1,
    required: true,
    shuffle: false,
    options: [
      { id: 'pizza', label: 'Pizza', image: 'https://example.com/p.png' },
      { id: 'sushi', label: 'Sushi' },
    ],
  },
  {
    id: 'order',
    type: 'ranking',
    prompt: 'Rank',
    required: false,
    options: [
      { id: 'a', label: 'A' },
      { id: 'b', label: 'B' },
      { id: 'c', label: 'C' },
    ],
  },
  { id: 'stars', type: 'rating', prompt: 'How was it?', required: false, scale: 5 },
  { id: 'nps', type: 'nps', prompt: 'Recommend us?', required: false },
  { id: 'why', type: 'text', prompt: 'Why?', required: false, maxLength: 500 },
] as const

const pollId = 'poll_8v930ptsjta541myn9a7hhk68g'
const ballotId = 'bal_pkbkqaz1h6xfjwjn0wwr0zg5s8'
const castAt = '2026-11-24T12:00:00.000Z'
const commitment = 'f1742f24d01a5de9124f4440cbb60f577531d4fcc166377e03d4dbf856d2fb6c'
const head = 'bf73061b012a340366e8f88208e2c05626d9233ee55c472cc728a276677e245e'

const leastDraft = {
  title: 'Lunch?',
  questions: [
    {
      type: 'choice',
      prompt: 'Where?',
      options: [{ label: 'Pizza' }, { label: 'Sushi' }],
    },
  ],
}

const fullDraft = {
  title: 'Lunch?',
  description: 'Where we eat on Friday.',
  questions,
  opensAt: null,
  closesAt: null,
  results: 'always',
  dedupe: { by: 'session' },
  revisions: 'none',
  challenge: 'off',
  allowedOrigins: [],
  expectedVoters: 1000,
  status: 'open',
  labels: { team: 'ops' },
}

const { status: _status, allowedOrigins, expectedVoters, labels, ...seenByAll } = fullDraft

const poll = {
  id: pollId,
  status: 'open',
  ...seenByAll,
  version: 1,
  createdAt: castAt,
  urls: {
    self: `https://edgepoll.example/v1/polls/${pollId}`,
    results: `https://edgepoll.example/v1/polls/${pollId}/results`,
    live: `wss://edgepoll.example/v1/polls/${pollId}/results/live`,
    page: `https://edgepoll.example/p/${pollId}`,
  },
}

const ownedPoll = {
  ...poll,
  allowedOrigins,
  expectedVoters,
  labels,
  archived: false,
  shards: 1,
  mode: 'live',
}

const closedPoll = { ...ownedPoll, status: 'closed', version: 2, final: true }

const patch = { title: 'Lunch on Friday?', closesAt: '2026-11-27T11:00:00Z', labels: { team: null } }

const answers = { where: ['pizza'], order: ['b', 'a'], stars: 4, nps: 9, why: 'close by' }

const ballot = {
  id: ballotId,
  pollId,
  castAt,
  revision: 1,
  receipt:
    'eyJhbGciOiJFZERTQSIsImtpZCI6InJlY2VpcHRzLW9mLXRlc3RzIiwidHlwIjoicmVjZWlwdCtqd3MifQ.eyJwb2xsIjoicG9sbF84djkzMHB0c2p0YTU0MW15bjlhN2hoazY4ZyIsImJhbGxvdCI6ImJhbF9wa2JrcWF6MWg2eGZqd2puMHd3cjB6ZzVzOCIsInJldmlzaW9uIjoxLCJzaGFyZCI6MCwic2VxIjoxLCJjb21taXRtZW50IjoiZjE3NDJmMjRkMDFhNWRlOTEyNGY0NDQwY2JiNjBmNTc3NTMxZDRmY2MxNjYzNzdlMDNkNGRiZjg1NmQyZmI2YyJ9.05NfooJiud8VspU9nMC2VZTkIiygHnbBuz7rl6gce7KiUlwxVAHuMUSxGm41jY-SAeYTzFvKP6B9ACK4UsnYAw',
}

/** Word for word that of docs/design/api.md; test/domain counts the ballots that give it. */
const results = {
  pollId,
  version: 42,
  asOf: '2026-11-24T12:00:00Z',
  final: false,
  ballots: 10,
  erased: 0,
  questions: [
    {
      id: 'where',
      type: 'choice',
      ballots: 10,
      options: [
        { id: 'pizza', votes: 6, share: 0.6 },
        { id: 'sushi', votes: 4, share: 0.4 },
      ],
    },
    {
      id: 'order',
      type: 'ranking',
      ballots: 5,
      options: [
        { id: 'a', firsts: 2, points: 6 },
        { id: 'b', firsts: 2, points: 5 },
        { id: 'c', firsts: 1, points: 4 },
      ],
      runoff: {
        winner: 'b',
        exhausted: 0,
        rounds: [
          { counts: { a: 2, b: 2, c: 1 }, eliminated: ['c'] },
          { counts: { a: 2, b: 3 }, eliminated: [] },
        ],
      },
    },
    { id: 'stars', type: 'rating', ballots: 10, counts: [1, 1, 2, 3, 3], mean: 3.6 },
    { id: 'nps', type: 'nps', ballots: 10, counts: [0, 0, 1, 0, 0, 0, 1, 1, 1, 3, 3], score: 40 },
    { id: 'why', type: 'text', ballots: 3 },
  ],
}

const logEntry = { kind: 'cast', shard: 0, seq: 1, ballotId, revision: 1, castAt, commitment }

const checkpoint = {
  pollId,
  shard: 0,
  seq: 1,
  head,
  signature:
    'eyJhbGciOiJFZERTQSIsImtpZCI6InJlY2VpcHRzLW9mLXRlc3RzIiwidHlwIjoiY2hlY2twb2ludCtqd3MifQ.eyJwb2xsSWQiOiJwb2xsXzh2OTMwcHRzanRhNTQxbXluOWE3aGhrNjhnIiwic2hhcmQiOjAsInNlcSI6MSwiaGVhZCI6ImJmNzMwNjFiMDEyYTM0MDM2NmU4Zjg4MjA4ZTJjMDU2MjZkOTIzM2VlNTVjNDcyY2M3MjhhMjc2Njc3ZTI0NWUifQ.pMH-4jp_OTEuKxGrDf_JHizUJ1FVtYH0QGSwTG0xtVyqizd2yzAb-faZoa8Vcg4F8VpMf9AYwbThuNFifqDfDg',
}

const proof = {
  entry: logEntry,
  previous: '81e879970e44898985dd955833f45046eddc8605b6c8d51bc2c0fed0e77867c1',
  leaves: [],
  checkpoint,
}

const exportedBallot = {
  id: ballotId,
  revision: 1,
  answers,
  country: 'DE',
  shard: 0,
  seq: 1,
  salt: 'a5350fd24f2de18850a11e717d657073',
  castAt,
  erased: false,
}

const listedBallot = { id: ballotId, revision: 1, castAt, answers, country: 'DE', erased: false }

const equalShard = {
  shard: 0,
  verdict: 'equal',
  ballotsInBox: 1,
  ballotsInPostgres: 1,
  seq: 1,
  archived: 1,
}

const checks = {
  counting: [{ status: 'pass' }],
  postgres: [{ status: 'warn' }],
  redis: [{ status: 'pass' }],
  kv: [{ status: 'pass' }],
}

const invites = { first: 1, codes: ['0000-0001-7qxm-qym6-gmd2', '0000-0002-k4d1-saee-nnbg'] }

const noRows = Object.fromEntries(agingRows.map((rows) => [rows, 0]))

const workspaceRead = {
  id: 'ws_hmd5kygk64ejhmq1cg26dw72br',
  name: 'Acme',
  plan: 'free',
  retentionDays: 365,
  createdAt: castAt,
}

const workspace = {
  id: 'ws_hmd5kygk64ejhmq1cg26dw72br',
  name: 'Acme',
  plan: 'free',
  retentionDays: 365,
  apiKey: 'ep_live_24bhjszjzkrkydte_fh0wmvknzn5s75a7fa29s01ffpepvnmbr2kyq90',
}

/** Under `components.examples`, beside one a problem. */
const usage = {
  workspaceId: workspace.id,
  mode: 'live',
  plan: 'free',
  asOf: castAt,
  calls: { limit: 600, windowSeconds: 60, remaining: 599 },
  polls: { used: 12, limit: 100 },
  ballots: { used: 79_321 },
  perPoll: { shards: 4, viewers: 1_000 },
}

const key = {
  id: 'key_24bhjszjzkrkydte',
  name: 'The website',
  mode: 'live',
  scopes: ['polls:read', 'results:read'],
  createdAt: castAt,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  replacedBy: null,
}

const auditEntry = {
  id: 'aud_hmd5kygk64ejhmq1cg26dw72br',
  at: castAt,
  actor: key.id,
  action: 'poll.close',
  target: pollId,
  requestId: 'req_2f1c1c5e-6a3b-4d0e-9f57-0a1b2c3d4e5f',
}

export const examples = {
  'least-draft': { summary: 'The least', value: leastDraft },
  'full-draft': { summary: 'Every kind of question', value: fullDraft },
  'poll-patch': { summary: 'A later end, and one label less', value: patch },
  poll: { summary: 'To anybody', value: poll },
  'owned-poll': { summary: 'To its owner', value: ownedPoll },
  'closed-poll': { summary: 'Closed', value: closedPoll },
  'poll-page': { summary: 'The only page', value: { data: [ownedPoll], nextCursor: null } },
  'short-ballot-draft': { summary: 'A single choice', value: { answers: { where: 'pizza' } } },
  'full-ballot-draft': { summary: 'Every kind of question', value: { answers } },
  ballot: { summary: 'A first ballot', value: ballot },
  'own-ballot': { summary: 'A first ballot', value: { ...ballot, answers } },
  'voter-name': { summary: 'By their id', value: { voterId: 'voter-0000-0000-0001' } },
  'erased-voter': { summary: 'One ballot', value: { pollId, erased: 1 } },
  'held-voter': { summary: 'Who has not voted', value: { pollId, ballots: [] } },
  results: { summary: 'Ten ballots', value: results },
  proof: { summary: 'Of a first ballot', value: proof },
  checkpoints: { summary: 'One shard', value: { pollId, checkpoints: [checkpoint] } },
  'listed-ballot': { summary: 'A first ballot', value: listedBallot },
  timeline: {
    summary: 'An hour of votes',
    value: {
      pollId,
      asOf: castAt,
      interval: 'hour',
      data: [{ at: '2026-11-24T12:00:00.000Z', ballots: 42 }],
      nextCursor: null,
    },
  },
  'breakdown-by-country': {
    summary: 'By country',
    value: {
      pollId,
      asOf: castAt,
      by: 'country',
      data: [
        {
          country: 'DE',
          ballots: 30,
          questions: [
            {
              id: 'where',
              options: [
                { id: 'pizza', votes: 20 },
                { id: 'sushi', votes: 10 },
              ],
            },
          ],
        },
      ],
    },
  },
  'breakdown-by-option': {
    summary: 'By option',
    value: {
      pollId,
      asOf: castAt,
      by: 'option',
      data: [
        {
          questionId: 'where',
          optionId: 'pizza',
          votes: 20,
          countries: [
            { country: 'DE', votes: 15 },
            { country: null, votes: 5 },
          ],
        },
      ],
    },
  },
  'ballots-page': { summary: 'The only page', value: { data: [listedBallot], nextCursor: null } },
  'texts-page': {
    summary: 'The only page',
    value: { data: [{ ballotId, castAt, text: 'close by' }], nextCursor: null },
  },
  export: { summary: 'One ballot', value: { pollId, ballots: [exportedBallot] } },
  'exported-ballot': { summary: 'A line', value: exportedBallot },
  'invites-draft': { summary: 'Five hundred', value: { count: 500 } },
  invites: { summary: 'Two codes', value: invites },
  'invites-page': {
    summary: 'One, revoked',
    value: { data: [{ serial: 1, issuedAt: castAt, revoked: true, revokedAt: castAt }], nextCursor: null },
  },
  'workspace-draft': { summary: 'A free one', value: { name: 'Acme' } },
  workspace: { summary: 'A free one', value: workspace },
  'workspace-read': { summary: 'A free one', value: workspaceRead },
  'retention-patch': { summary: 'A year', value: { retentionDays: 365 } },
  usage: { summary: 'Of a free plan', value: usage },
  ...webhookExamples({ pollId, castAt }),
  'key-draft': { summary: 'One that reads', value: { name: key.name, scopes: key.scopes } },
  'key-patch': { summary: 'Another name', value: { name: 'The app' } },
  'key-rotation': { summary: 'An hour', value: { overlapSeconds: 3600 } },
  key: { summary: 'One that reads', value: key },
  'new-key': { summary: 'One that reads', value: { ...key, apiKey: workspace.apiKey } },
  'key-page': { summary: 'The only page', value: { data: [key], nextCursor: null } },
  'audit-page': { summary: 'The only page', value: { data: [auditEntry], nextCursor: null } },
  'poll-ids': { summary: 'The only page', value: { pollIds: [pollId], next: null } },
  'poll-audit': { summary: 'All is well', value: { pollId, shards: [equalShard], rollups: 'equal' } },
  retired: { summary: 'None was due', value: { polls: [], failed: 0, nextCursor: null } },
  forgotten: { summary: 'Nothing was old', value: { rows: noRows, more: false } },
  redriven: { summary: 'None was there', value: { redriven: 0 } },
  alive: { summary: 'Alive', value: { status: 'pass' } },
  'vitals-draft': { summary: 'A page that was read, and a vote', value: { lcp: 0.8, cls: 0.01, vote: 0.12 } },
  health: { summary: 'Postgres is away', value: { status: 'warn', checks } },
  'problem-row': {
    summary: 'One of them',
    value: { code: 'already-voted', ...problems['already-voted'] },
  },
} as const

export type ExampleName = keyof typeof examples

/** References to these examples. */
export const shown = (...names: readonly ExampleName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${name}` }]))
