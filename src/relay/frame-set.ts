// The frames of one version, each made when the first socket needs it and then kept for all.
import type { Shown } from '../application/live-feed.ts'
import type { Results } from '../domain/tally/results.ts'
import { closedFrame, deltaFrame, resultsFrame } from './frames.ts'
import type { SocketFormat } from './protocol.ts'

type Frame = string | Uint8Array

export class FrameSet {
  readonly document: string
  readonly #final: boolean
  readonly #encode: (frame: unknown) => Uint8Array
  readonly #made = new Map<string, Frame>()
  #results: Results | null = null

  constructor({ document, final }: Shown, encode: (frame: unknown) => Uint8Array) {
    this.document = document
    this.#final = final
    this.#encode = encode
  }

  get results(): Results {
    this.#results ??= JSON.parse(this.document) as Results // our own publication
    return this.#results
  }

  /** The document as a frame: for those who come, who missed something, or who see the end. */
  whole(format: SocketFormat): Frame {
    return this.#frame('whole', format, () =>
      this.#final ? closedFrame(this.document) : resultsFrame(this.document),
    )
  }

  /** What changed since another publication. */
  delta(since: Results | null, format: SocketFormat): Frame {
    if (since === null) return this.whole(format)
    return this.#frame(`since ${since.version}`, format, () => deltaFrame(since, this.results, this.document))
  }

  #frame(name: string, format: SocketFormat, make: () => string): Frame {
    const text = this.#kept(`json ${name}`, make)
    return format === 'json'
      ? text
      : this.#kept(`msgpack ${name}`, () => this.#encode(JSON.parse(String(text))))
  }

  #kept(name: string, make: () => Frame): Frame {
    const known = this.#made.get(name)
    if (known !== undefined) return known
    const made = make()
    this.#made.set(name, made)
    return made
  }
}
