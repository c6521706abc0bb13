// Drives one ballot box from inside the runtime, where no HTTP, negotiation or receipt dilutes what a commit costs.
// Stands where the archive stands: it takes the boxes' messages and confirms them, without a Postgres.
import { WorkerEntrypoint } from 'cloudflare:workers'
import { openBallotMessage } from '../../../src/application/ballot-message.ts'
import { type BallotBoxRpc, boxName } from '../../../src/ballot-box/protocol.ts'
import type { CountingDefinition } from '../../../src/domain/poll/counting.ts'
import type { ScoreboardRpc } from '../../../src/scoreboard/protocol.ts'

/** What one run answers. `milliseconds` is measured by who asks: a Worker's clock stands still while it computes. */
export interface DriverReport {
  readonly accepted: number
  readonly refused: number
}

interface Env {
  readonly BALLOT_BOX: Namespace<BallotBoxRpc>
  readonly SCOREBOARD: Namespace<ScoreboardRpc>
}

/** Of a Durable Object namespace only what is used: the object's methods as they are written. */
interface Namespace<Methods> {
  getByName(name: string): Methods
}

export default {
  /** `POST /poll?id=` makes a poll of one box; `POST /cast?id=&ballots=&inFlight=` casts distinct ballots into it. */
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const pollId = searchParams.get('id') ?? ''
    if (pathname === '/poll') {
      await env.SCOREBOARD.getByName(pollId).create(definitionOf(pollId))
      return new Response(null, { status: 204 })
    }
    const [ballots, inFlight] = [Number(searchParams.get('ballots')), Number(searchParams.get('inFlight'))]
    return Response.json(await castMany(env, pollId, ballots, inFlight))
  },

  async queue(batch: MessageBatch, env: Env): Promise<void> {
    for (const { body } of batch.messages) {
      const message = openBallotMessage(body)
      if (message === null) continue
      const { pollId, shard, first, last } = message
      await env.BALLOT_BOX.getByName(boxName({ pollId, shard })).confirm({ pollId, shard }, first, last)
    }
    batch.ackAll()
  },
}

export class ArchiveService extends WorkerEntrypoint {
  /** What the scoreboards call. */
  async recordPoll(): Promise<void> {}
}

const castMany = async (
  env: Env,
  pollId: string,
  ballots: number,
  inFlight: number,
): Promise<DriverReport> => {
  const address = { pollId, shard: 0 }
  const box = env.BALLOT_BOX.getByName(boxName(address))
  let left = ballots
  let accepted = 0
  const sender = async (): Promise<void> => {
    while (left-- > 0) {
      const key = crypto.getRandomValues(new Uint8Array(16)) // as a voter's keyed hash is: anywhere in the index
      const answers = left % 2 === 0 ? '{"q":["a"]}' : '{"q":["b"]}'
      const cast = { voterKey: key, ballotKey: key, requestKey: null, answers, country: null }
      const reply = await box.cast({ ...address, cast })
      if (reply.ok) accepted += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sender))
  return { accepted, refused: ballots - accepted }
}

const definitionOf = (id: string): CountingDefinition => ({
  secret: new Uint8Array(32).fill(7),
  poll: {
    id,
    workspaceId: 'ws_bench',
    shards: 1,
    phase: 'open',
    archived: false,
    version: 1,
    createdAt: Date.now(),
    title: 'Benchmark',
    description: null,
    questions: [
      {
        id: 'q',
        type: 'choice',
        prompt: 'Which?',
        required: true,
        min: 1,
        max: 1,
        shuffle: false,
        options: [
          { id: 'a', label: 'A' },
          { id: 'b', label: 'B' },
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
  },
})
