// The count Worker as it is deployed, with a meter on its objects and a way to fill a box. For benchmarks that count.
import type { BoxAddress } from '../../../src/application/ports.ts'
import type { BallotCast } from '../../../src/domain/ballot/ballot.ts'
import { BallotBox as DeployedBox } from '../../../workers/count/ballot-box.ts'
import { objectStorage } from '../../../workers/count/object-storage.ts'
import { Scoreboard as DeployedBoard } from '../../../workers/count/scoreboard.ts'
import { type Bill, createMeter } from './meter.ts'
import { type Seeding, seedBox } from './seed.ts'

const meter = createMeter()
let commit: '' | 'single' = ''

const metered = (env: CountEnv): CountEnv =>
  ({ ...env, BALLOTS: meter.watchQueue(env.BALLOTS), BENCH_COMMIT: commit }) as unknown as CountEnv // only sendBatch is used

// Nobody watches where costs are counted, but the configuration names it.
export { Meter } from '../../../workers/count/meter.ts'
export { Relay } from '../../../workers/count/relay.ts'

export class BallotBox extends DeployedBox {
  constructor(state: DurableObjectState, env: CountEnv) {
    meter.watchStorage(state.storage)
    super(state, metered(env))
  }

  /** Fills a box that nobody has voted in. */
  async seed(seeding: Seeding): Promise<void> {
    seedBox(objectStorage(this.ctx.storage), seeding)
  }

  /** Casts `commits` groups of `size` distinct ballots from in here, past every call; answers how many were accepted. */
  async castGroups(
    address: BoxAddress,
    like: BallotCast,
    { commits, size }: { readonly commits: number; readonly size: number },
  ): Promise<number> {
    let accepted = 0
    for (let done = 0; done < commits; done++) {
      const replies = await Promise.all(
        Array.from({ length: size }, () => {
          const key = crypto.getRandomValues(new Uint8Array(16)) // anywhere in the index, as a voter's keyed hash
          return super.cast({ ...address, cast: { ...like, voterKey: key, ballotKey: key } })
        }),
      )
      accepted += replies.filter(({ ok }) => ok).length
    }
    return accepted
  }
}

export class Scoreboard extends DeployedBoard {
  constructor(state: DurableObjectState, env: CountEnv) {
    meter.watchStorage(state.storage)
    super(state, metered(env))
  }

  /** Of all objects in this process. */
  async bill(): Promise<Bill> {
    return meter.bill()
  }

  /** How the boxes made from now on commit; `single` is the naive twin. */
  async commitBy(how: '' | 'single'): Promise<void> {
    commit = how
  }
}

meter.watchRequests(BallotBox.prototype, DeployedBox.prototype, 'BallotBox')
meter.watchRequests(Scoreboard.prototype, DeployedBoard.prototype, 'Scoreboard')

export default {
  fetch: () => new Response(null, { status: 404 }),
} satisfies ExportedHandler<CountEnv>
