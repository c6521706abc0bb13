// The BallotBox object: lifecycle and delegation. Every decision is in src/ballot-box.
import { DurableObject } from 'cloudflare:workers'
import type { BoxAddress } from '../../src/application/ports.ts'
import { Box } from '../../src/ballot-box/box.ts'
import type { BallotBoxRpc, CastRequest } from '../../src/ballot-box/protocol.ts'
import { countServices } from '../../src/runtime/count-services.ts'
import { objectStorage } from './object-storage.ts'

export class BallotBox extends DurableObject<CountEnv> implements BallotBoxRpc {
  readonly #box: Box

  constructor(state: DurableObjectState, env: CountEnv) {
    super(state, env)
    const { boxNeeds } = countServices(env)
    this.#box = new Box({
      ...boxNeeds,
      storage: objectStorage(state.storage),
      abort: (why) => state.abort(why),
    })
  }

  cast(request: CastRequest) {
    return this.#box.cast(request)
  }

  confirm(address: BoxAddress, first: number, last: number) {
    return this.#box.confirm(address, first, last)
  }

  override alarm() {
    return this.#box.wake()
  }
}
