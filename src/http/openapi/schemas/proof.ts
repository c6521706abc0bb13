// Proofs: the log, its checkpoints, and the keys that sign them.
import { z } from '@hono/zod-openapi'
import { listOf, named, orNull } from '../words.ts'
import { question } from './poll.ts'
import { ballotId, hash, jws, pollId, seq, shard, time } from './scalars.ts'

const head = hash.describe('Chain hash after the entry at `seq`.')

export const logEntry = named(
  'LogEntry',
  z.object({
    kind: z
      .enum(['cast', 'revise', 'erase'])
      .describe('What happened: a first ballot, one that replaced it, or its erasure.'),
    shard,
    seq,
    ballotId,
    revision: z.int().min(1).describe('Of the ballot, after this.'),
    castAt: time.describe('When it happened.'),
    commitment: hash.describe('H(salt ‖ answers); zeros for an erasure.'),
  }),
  { description: 'One event of a shard’s log. It commits to the answers and does not hold them.' },
)

export const checkpoint = named(
  'Checkpoint',
  z.object({
    pollId,
    shard,
    seq,
    head,
    signature: jws.describe('A compact JWS over the other members.'),
  }),
  { description: 'Where a shard’s log stood, signed.' },
)

export const proof = named(
  'Proof',
  z.object({
    entry: logEntry,
    previous: hash.describe('Chain hash before the entry.'),
    leaves: z.array(hash).max(255).describe('The leaves after the entry, up to the checkpoint.'),
    checkpoint: orNull(checkpoint, 'null: none has been made after the entry yet.'),
  }),
  {
    description:
      'Recompute `head = H(previous ‖ leaf(entry))`, then fold the leaves: the checkpoint’s head must come out.',
  },
)

export const checkpoints = named(
  'Checkpoints',
  z.object({ pollId, checkpoints: z.array(checkpoint).describe('The newest of each shard that has any.') }),
  { description: 'Where the log of a poll stands.' },
)

/** A line of `GET …/log`. */
export const logLine = named(
  'LogLine',
  z.union([
    logEntry,
    named(
      'LogPollLine',
      z.object({
        kind: z.literal('poll').describe('What the line is.'),
        pollId,
        shard,
        shards: z.int().min(1).max(256).describe('How many logs there are.'),
        questions: listOf('What was asked.', question),
      }),
      { description: 'The first line of a shard’s log: what is needed to count it.' },
    ),
    named(
      'LogHeadLine',
      z.object({
        kind: z.literal('head').describe('What the line is.'),
        pollId,
        shard,
        seq: z.int().min(0).describe('How long the log is.'),
        head,
      }),
      { description: 'The last line of a shard’s log: where the chain stands.' },
    ),
  ]),
  { description: 'A line of a log.' },
)

export const keySet = named(
  'KeySet',
  z.object({
    keys: listOf(
      'The keys in use.',
      z.object({
        kty: z.literal('OKP').describe('The kind of key.'),
        crv: z.literal('Ed25519').describe('The curve.'),
        x: z.string().describe('The public key, base64url.'),
        kid: z.string().describe('Named in the header of what it signs.'),
        alg: z.literal('EdDSA').describe('What it signs with.'),
        use: z.literal('sig').describe('That it signs.'),
      }),
    ),
  }),
  { description: 'A JWK set (RFC 7517).' },
)
