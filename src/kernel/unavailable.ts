// A dependency that cannot be asked right now. Not a bug and not an answer: whoever asks may ask again.

export class Unavailable extends Error {
  override readonly name: string = 'Unavailable'
  readonly dependency: string

  constructor(dependency: string, cause?: unknown) {
    super(`${dependency} cannot be asked right now`, { cause })
    this.dependency = dependency
  }
}

/** It was not asked at all, because it has too much to do: nothing was done. */
export class Overloaded extends Unavailable {
  override readonly name = 'Overloaded'
  readonly retryAfterSeconds: number

  constructor(dependency: string, retryAfterSeconds: number) {
    super(dependency)
    this.message = `${dependency} has too much to do`
    this.retryAfterSeconds = retryAfterSeconds
  }
}
