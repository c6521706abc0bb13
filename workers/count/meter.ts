// The Meter object: lifecycle and delegation. Every decision is in src/telemetry/meter.
import { DurableObject } from 'cloudflare:workers'
import { systemClock as clock } from '../../src/kernel/clock.ts'
import { Meter as Sums } from '../../src/telemetry/meter/meter.ts'
import type { Batch, MeterRpc, Standings } from '../../src/telemetry/meter/protocol.ts'
import { objectStorage } from './object-storage.ts'

export class Meter extends DurableObject<CountEnv> implements MeterRpc {
  readonly #sums: Sums

  constructor(state: DurableObjectState, env: CountEnv) {
    super(state, env)
    this.#sums = new Sums({ storage: objectStorage(state.storage), clock })
  }

  flush(batch: Batch) {
    return this.#sums.flush(batch)
  }

  stand(standings: Standings) {
    return this.#sums.stand(standings)
  }

  read() {
    return this.#sums.read()
  }
}
