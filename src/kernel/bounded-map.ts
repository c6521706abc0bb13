// A map that cannot grow for ever: what was written longest ago leaves first.

export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #capacity: number

  constructor(capacity: number) {
    super()
    this.#capacity = capacity
  }

  override set(key: Key, value: Value): this {
    this.delete(key)
    super.set(key, value)
    const oldest = this.keys().next()
    if (this.size > this.#capacity && !oldest.done) this.delete(oldest.value)
    return this
  }
}
