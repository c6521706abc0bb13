// Drives one ballot box from inside the runtime, where no HTTP, negotiation or receipt dilutes what a commit costs.
// Stands where the archive stands: it takes the boxes' messages and confirms them, without a Postgres.
import { WorkerEntrypoint } from 'cloudflare:workers'
import { openBallotMessage } from '../../../src/application/ballot-message.ts'
import { type BallotBoxRpc, boxName } from '../../../src/ballot-box/protocol.ts'
import type { BallotCast } from '../../../src/domain/ballot/ballot.ts'
import type { ScoreboardRpc } from '../../../src/scoreboard/protocol.ts'
import { aCast } from '../../../test/support/casts.ts'
import { aDefinition } from '../../../test/support/polls.ts'

/** What one run answers; how long it took is measured by who asks. */
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
  /** `POST /poll?id=` makes a poll of one box; `POST /cast?id=&seconds=&inFlight=` casts distinct ballots into it. */
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const pollId = searchParams.get('id') ?? ''
    if (pathname === '/poll') {
      await env.SCOREBOARD.getByName(pollId).create(aDefinition({ id: pollId }), 'benchmark')
      return new Response(null, { status: 204 })
    }
    const [seconds, inFlight] = [Number(searchParams.get('seconds')), Number(searchParams.get('inFlight'))]
    return Response.json(await castFor(env, pollId, seconds, inFlight))
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

const castFor = async (
  env: Env,
  pollId: string,
  seconds: number,
  inFlight: number,
): Promise<DriverReport> => {
  const address = { pollId, shard: 0 }
  const box = env.BALLOT_BOX.getByName(boxName(address))
  const definition = aDefinition({ id: pollId })
  const casts = ['pizza', 'sushi'].map((option) => aCast(definition, 'a voter', { where: [option] }))
  const until = Date.now() + seconds * 1000
  let [accepted, refused] = [0, 0]
  const sender = async (): Promise<void> => {
    while (Date.now() < until) {
      const key = crypto.getRandomValues(new Uint8Array(16)) // as a voter's keyed hash is: anywhere in the index
      const cast = casts[accepted % casts.length] as BallotCast // there are two
      const reply = await box.cast({ ...address, cast: { ...cast, voterKey: key, ballotKey: key } })
      if (reply.ok) accepted += 1
      else refused += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sender))
  return { accepted, refused }
}
