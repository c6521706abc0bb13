// One policy a thing, for as many things as are in use: each poll's objects fail alone.
import { BoundedMap } from '../kernel/bounded-map.ts'

export class ByKey<Policy> {
  readonly #make: (key: string) => Policy
  readonly #kept: BoundedMap<string, Policy>

  constructor(most: number, make: (key: string) => Policy) {
    this.#make = make
    this.#kept = new BoundedMap(most)
  }

  /** The policy of this key; what has not been used for long is forgotten. */
  of(key: string): Policy {
    const policy = this.#kept.get(key) ?? this.#make(key)
    this.#kept.set(key, policy)
    return policy
  }

  /** Without making one. */
  known(key: string): Policy | undefined {
    return this.#kept.get(key)
  }
}
