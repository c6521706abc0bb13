// How a reader that recurses gives up: unwinds to where it began, and never leaves this room.
import { type Path, pointerTo } from '../kernel/pointer.ts'
import { type Malformed, malformed, unacceptable } from './codec.ts'

type Refused = { readonly ok: false; readonly refusal: Malformed }

class Flaw extends Error {
  readonly refused: Refused

  constructor(refused: Refused) {
    super(refused.refusal.detail)
    this.refused = refused
  }
}

export const flawOf = (detail: string): Error => new Flaw(malformed(detail))

/** A flaw that is at a place. */
export const flawAt = (path: Path, detail: string): Error =>
  new Flaw(unacceptable([{ pointer: pointerTo(path), detail }]))

/** What `read` returns, or the flaw it gave up at. `cutShort` says what any other error means, which are those of
 *  bytes that end too early. */
export const reading = <Read>(cutShort: string, read: () => Read): Read | Refused => {
  try {
    return read()
  } catch (error) {
    return error instanceof Flaw ? error.refused : malformed(cutShort)
  }
}
