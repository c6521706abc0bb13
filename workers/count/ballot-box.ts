// The BallotBox object: lifecycle and delegation. Every decision is in src/ballot-box.
import { DurableObject } from 'cloudflare:workers'
import type { BoxAddress } from '../../src/application/ports.ts'
import { Box } from '../../src/ballot-box/box.ts'
import type { BallotKeys } from '../../src/ballot-box/log.ts'
import type { BallotBoxRpc, CastRequest } from '../../src/ballot-box/protocol.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { NamedVoter } from '../../src/domain/voter/named-voter.ts'
import { countServices } from '../../src/runtime/count-services.ts'
import { forget, objectStorage } from './object-storage.ts'

export class BallotBox extends DurableObject<CountEnv> implements BallotBoxRpc {
  readonly #box: Box

  constructor(state: DurableObjectState, env: CountEnv) {
    super(state, env)
    const { boxNeeds } = countServices(env)
    this.#box = new Box({
      ...boxNeeds,
      storage: objectStorage(state.storage),
      abort: (why) => state.abort(why),
      clear: () => forget(state.storage),
    })
  }

  cast(request: CastRequest) {
    return this.#box.cast(request)
  }

  find(address: BoxAddress, keys: BallotKeys) {
    return this.#box.find(address, keys)
  }

  erase(address: BoxAddress, ballotSeq: number) {
    return this.#box.erase(address, ballotSeq)
  }

  adopt(address: BoxAddress, definition: CountingDefinition) {
    return this.#box.adopt(address, definition)
  }

  hold(address: BoxAddress) {
    return this.#box.hold(address)
  }

  freeze(address: BoxAddress, definition: CountingDefinition) {
    return this.#box.freeze(address, definition)
  }

  firsts(address: BoxAddress, questionId: string, continuing: readonly string[]) {
    return this.#box.firsts(address, questionId, continuing)
  }

  held(address: BoxAddress, voter: NamedVoter) {
    return this.#box.held(address, voter)
  }

  prove(address: BoxAddress, ballotSeq: number) {
    return this.#box.prove(address, ballotSeq)
  }

  log(address: BoxAddress, after: number, limit: number) {
    return this.#box.log(address, after, limit)
  }

  checkpoint(address: BoxAddress) {
    return this.#box.checkpoint(address)
  }

  standing(address: BoxAddress) {
    return this.#box.standing(address)
  }

  audit(address: BoxAddress) {
    return this.#box.audit(address)
  }

  resend(address: BoxAddress, seq: number) {
    return this.#box.resend(address, seq)
  }

  confirm(address: BoxAddress, first: number, last: number) {
    return this.#box.confirm(address, first, last)
  }

  destroy() {
    return this.#box.destroy()
  }

  override alarm() {
    return this.#box.wake()
  }
}
