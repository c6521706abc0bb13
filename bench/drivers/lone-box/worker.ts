// Asks one ballot box from inside the runtime: casts, calls that do nothing, and groups cast inside the object itself.
// Stands where the archive stands: it takes the boxes' messages and confirms them, without a Postgres.
import { WorkerEntrypoint } from 'cloudflare:workers'
import { openBallotMessage } from '../../../src/application/ballot-message.ts'
import { type BallotBoxRpc, boxName } from '../../../src/ballot-box/protocol.ts'
import type { BallotCast } from '../../../src/domain/ballot/ballot.ts'
import type { ScoreboardRpc } from '../../../src/scoreboard/protocol.ts'
import { aCast } from '../../../test/support/casts.ts'
import { aDefinition } from '../../../test/support/polls.ts'
import type { Bill } from '../metered/meter.ts'
import type { Seeding } from '../metered/seed.ts'

/** How many calls were answered well, and how many were not. */
export interface Calls {
  readonly done: number
  readonly refused: number
}

interface Env {
  readonly BALLOT_BOX: Namespace<BallotBoxRpc & MeteredBox>
  readonly SCOREBOARD: Namespace<ScoreboardRpc & MeteredBoard>
}

/** What the metered count Worker adds; the deployed one lacks it. */
interface MeteredBox {
  seed(seeding: Seeding): Promise<void>
  castGroups(
    address: Seeding['address'],
    like: BallotCast,
    groups: { readonly commits: number; readonly size: number },
  ): Promise<number>
}

interface MeteredBoard {
  bill(): Promise<Bill>
}

/** Of a Durable Object namespace only what is used: the object's methods as they are written. */
interface Namespace<Methods> {
  getByName(name: string): Methods
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const pollId = searchParams.get('id') ?? ''
    const words = (name: string): number => Number(searchParams.get(name))
    const address = { pollId, shard: 0 }
    const box = env.BALLOT_BOX.getByName(boxName(address))
    const board = env.SCOREBOARD.getByName(pollId)
    const definition = aDefinition({ id: pollId })
    const casts = ['pizza', 'sushi'].map((option) => aCast(definition, 'a voter', { where: [option] }))
    const castOf = (number: number): BallotCast => {
      const key = crypto.getRandomValues(new Uint8Array(16)) // as a voter's keyed hash is: anywhere in the index
      return { ...(casts[number % casts.length] as BallotCast), voterKey: key, ballotKey: key } // there are two
    }
    const castOne = async (number: number): Promise<boolean> =>
      (await box.cast({ ...address, cast: castOf(number) })).ok

    switch (pathname) {
      case '/poll': // with a first ballot, so that the box is there
        await board.create(definition, 'benchmark')
        return Response.json({ done: (await castOne(0)) ? 1 : 0, refused: 0 })
      case '/cast':
        return Response.json(await callFor(words('seconds'), words('inFlight'), castOne))
      case '/standing':
        return Response.json(
          await callFor(
            words('seconds'),
            words('inFlight'),
            async () => (await box.standing(address)).seq > 0,
          ),
        )
      case '/seeded-poll':
        await board.create(definition, 'benchmark')
        await box.seed({ address, definition, ballots: words('ballots'), answers: { where: ['pizza'] } })
        return Response.json({ done: (await castOne(0)) ? 1 : 0, refused: 0 })
      case '/groups': {
        const [commits, size] = [words('commits'), words('size')]
        const done = await box.castGroups(address, castOf(0), { commits, size })
        return Response.json({ done, refused: commits * size - done })
      }
      case '/bill':
        return Response.json(await board.bill())
      default:
        return new Response(null, { status: 404 })
    }
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

const callFor = async (
  seconds: number,
  inFlight: number,
  call: (number: number) => Promise<boolean>,
): Promise<Calls> => {
  const until = Date.now() + seconds * 1000
  let [done, refused] = [0, 0]
  const caller = async (): Promise<void> => {
    while (Date.now() < until) {
      if (await call(done)) done += 1
      else refused += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return { done, refused }
}
