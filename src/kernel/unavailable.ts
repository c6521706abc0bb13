// A dependency that cannot be asked right now. Not a bug and not an answer: whoever asks may ask again.

export class Unavailable extends Error {
  override readonly name = 'Unavailable'
  readonly dependency: string

  constructor(dependency: string, cause?: unknown) {
    super(`${dependency} cannot be asked right now`, { cause })
    this.dependency = dependency
  }
}
