// The edge Worker as it is, and beside it the questions a benchmark has for what is behind it, under /bench/.
import { type BallotBoxRpc, boxName } from '../../../src/ballot-box/protocol.ts'
import type { Answers } from '../../../src/domain/tally/rule.ts'
import { oncePerEnv } from '../../../src/runtime/isolate.ts'
import type { ScoreboardRpc } from '../../../src/scoreboard/protocol.ts'
import edge from '../../../workers/edge/index.ts'
import type { Bill } from '../metered/meter.ts'
import type { Seeding } from '../metered/seed.ts'

/** What the metered count Worker adds. */
interface Metered {
  bill(): Promise<Bill>
  commitBy(how: '' | 'single'): Promise<void>
  seed(seeding: Seeding): Promise<void>
}

type Stub = BallotBoxRpc & ScoreboardRpc & Metered

/** When this isolate asked a scoreboard for its standings, milliseconds since the epoch. */
const snapshotsAsked: number[] = []

const watched = oncePerEnv((env: EdgeEnv): EdgeEnv => {
  const { SCOREBOARD: boards } = env
  const counted = {
    idFromName: boards.idFromName.bind(boards),
    get: (...words: Parameters<typeof boards.get>) =>
      new Proxy(boards.get(...words), {
        get: (stub, name) => {
          if (name === 'snapshot') snapshotsAsked.push(Date.now())
          // A stub takes any name for a method; it must be called on the stub itself.
          return (...values: unknown[]) => Reflect.apply(Reflect.get(stub, name), stub, values)
        },
      }),
  }
  return { ...env, SCOREBOARD: counted as unknown as typeof boards } // the two methods an edge uses
})

export default {
  fetch: (request, env, context) =>
    new URL(request.url).pathname.startsWith('/bench/')
      ? answer(request, env)
      : edge.fetch(request, watched(env), context),
} satisfies ExportedHandler<EdgeEnv>

const answer = async (request: Request, env: EdgeEnv): Promise<Response> => {
  const { pathname, searchParams } = new URL(request.url)
  const stub = (objects: DurableObjectNamespace, name: string): Stub =>
    objects.get(objects.idFromName(name)) as unknown as Stub // the metered classes
  const board = (pollId: string): Stub => stub(env.SCOREBOARD as DurableObjectNamespace, pollId)
  switch (pathname) {
    case '/bench/snapshots-asked':
      return Response.json(snapshotsAsked.splice(0))
    case '/bench/bill':
      return Response.json(await board('bench').bill())
    case '/bench/commit-by':
      await board('bench').commitBy(searchParams.get('how') === 'single' ? 'single' : '')
      return Response.json(true)
    case '/bench/seed': {
      const { pollId, shard, ballots, answers } = (await request.json()) as SeedOrder // our own order
      const address = { pollId, shard }
      const definition = await board(pollId).definition()
      if (definition === null) return new Response('no such poll', { status: 404 })
      const box = stub(env.BALLOT_BOX as DurableObjectNamespace, boxName(address))
      await box.seed({ address, definition, ballots, answers })
      return Response.json(true)
    }
    default:
      return new Response(null, { status: 404 })
  }
}

export interface SeedOrder {
  readonly pollId: string
  readonly shard: number
  readonly ballots: number
  readonly answers: Answers
}
