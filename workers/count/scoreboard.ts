// The Scoreboard object: lifecycle and delegation. Every decision is in src/scoreboard, and in src/relay who is told.
import { DurableObject } from 'cloudflare:workers'
import type { BoxAddress, PollChange, TallyReport } from '../../src/application/ports.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { Feeder } from '../../src/relay/feeder.ts'
import { countServices } from '../../src/runtime/count-services.ts'
import { Board } from '../../src/scoreboard/board.ts'
import type { ScoreboardRpc } from '../../src/scoreboard/protocol.ts'
import { forget, objectStorage } from './object-storage.ts'

export class Scoreboard extends DurableObject<CountEnv> implements ScoreboardRpc {
  readonly #board: Board

  constructor(state: DurableObjectState, env: CountEnv) {
    super(state, env)
    const { boardNeeds, feederNeeds } = countServices(env)
    const storage = objectStorage(state.storage)
    this.#board = new Board({
      ...boardNeeds,
      storage,
      clear: () => forget(state.storage),
      viewers: new Feeder({ ...feederNeeds, storage }),
    })
  }

  create(definition: CountingDefinition, fingerprint: string) {
    return this.#board.create(definition, fingerprint)
  }

  definition() {
    return this.#board.definition()
  }

  snapshot() {
    return this.#board.snapshot()
  }

  follow(relay: string, viewers: number) {
    return this.#board.follow(relay, viewers)
  }

  change(change: PollChange, patienceMs?: number) {
    return this.#board.change(change, patienceMs)
  }

  close(patienceMs?: number) {
    return this.#board.close(patienceMs)
  }

  remove(before?: number) {
    return this.#board.remove(before)
  }

  issueInvites(count: number) {
    return this.#board.issueInvites(count)
  }

  join(address: BoxAddress) {
    return this.#board.join(address)
  }

  report(report: TallyReport) {
    return this.#board.report(report)
  }

  /** An edge from before there were relays asks here for a socket; it is being replaced. */
  override async fetch(): Promise<Response> {
    return new Response(null, { status: 503, headers: { 'Retry-After': '10' } })
  }

  override alarm() {
    return this.#board.wake()
  }
}
