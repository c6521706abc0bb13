// Viewers of the running stack as a page has them: they hold what they were sent, come back after a random while when the
// line breaks, and note whatever no viewer must ever see.
import { WebSocket } from 'undici'

interface Document {
  readonly version: number
  readonly final: boolean
  readonly ballots: number
  readonly questions: readonly { readonly id: string }[]
}

interface Delta {
  readonly type: 'delta'
  readonly version: number
  readonly from: number
  readonly ballots: number
  readonly changed: Readonly<Record<string, { readonly id: string }>>
}

type Frame = (Document & { readonly type: 'results' | 'closed' }) | Delta

export interface Audience {
  readonly viewers: readonly Viewer[]
  /** Opens so many more, a few at a time. */
  join(count: number): Promise<void>
  /** How many hold an open socket. */
  readonly open: number
  /** How many have been sent this many ballots. */
  seen(ballots: number): number
  /** How many have been told the end. */
  readonly ended: number
  /** What nobody must ever see, and was seen. */
  readonly wrongs: readonly string[]
  /** When each viewer was first sent this many ballots, ms. */
  arrivals(ballots: number): readonly number[]
}

export interface Viewer {
  readonly held: Document | null
  readonly isOpen: boolean
  readonly ended: boolean
  /** How long it waited each time before it came back, ms. */
  readonly waits: readonly number[]
}

const joinAtOnce = 64
const backoffMs = 500
const backoffCapMs = 8_000

export const audienceOf = (front: string, pollId: string, random: () => number): Audience => {
  const viewers: LiveViewer[] = []
  const wrongs: string[] = []
  const arrivals = new Map<number, number[]>()
  const arrived = (ballots: number) => {
    const known = arrivals.get(ballots) ?? []
    arrivals.set(ballots, known)
    known.push(performance.now())
  }
  return {
    viewers,
    wrongs,
    async join(count) {
      const orders = Array.from({ length: count }, (_, at) => at)
      const lane = async () => {
        while (orders.pop() !== undefined) {
          const viewer = new LiveViewer({ front, pollId, random, wrongs, arrived })
          viewers.push(viewer)
          await viewer.greeted
        }
      }
      await Promise.all(Array.from({ length: joinAtOnce }, lane))
    },
    get open() {
      return viewers.filter(({ isOpen }) => isOpen).length
    },
    seen: (ballots) => viewers.filter(({ held }) => (held?.ballots ?? -1) >= ballots).length,
    get ended() {
      return viewers.filter(({ ended }) => ended).length
    },
    arrivals: (ballots) => arrivals.get(ballots) ?? [],
  }
}

interface Around {
  readonly front: string
  readonly pollId: string
  readonly random: () => number
  readonly wrongs: string[]
  readonly arrived: (ballots: number) => void
}

class LiveViewer implements Viewer {
  readonly #around: Around
  readonly #greeted = Promise.withResolvers<void>()
  readonly waits: number[] = []
  held: Document | null = null
  isOpen = false
  ended = false
  #failures = 0
  /** Whether this line has said anything yet. */
  #fresh = true

  constructor(around: Around) {
    this.#around = around
    this.#connect()
  }

  /** Resolves with the first frame of its life. */
  get greeted(): Promise<void> {
    return this.#greeted.promise
  }

  #connect(): void {
    const { front, pollId } = this.#around
    const held = this.held === null ? '' : `?version=${this.held.version}`
    const socket = new WebSocket(`${front.replace('http', 'ws')}/v1/polls/${pollId}/results/live${held}`)
    this.#fresh = true
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data))))
    socket.addEventListener('error', () => undefined) // told by the close
    socket.addEventListener('close', ({ code }) => {
      this.isOpen = false
      if (code === 1000 && this.held?.final === true) this.ended = true
      else this.#comeBack()
    })
  }

  #comeBack(): void {
    const wait = this.#around.random() * Math.min(backoffCapMs, backoffMs * 2 ** this.#failures++)
    this.waits.push(wait)
    setTimeout(() => this.#connect(), wait)
  }

  #hear(frame: Frame): void {
    const { held } = this
    // After a break the same version may come again, as a whole; never a lower one, and on one line never the same.
    const least = (held?.version ?? -1) + (this.#fresh ? 0 : 1)
    if (frame.version < least) this.#wrong(`version ${frame.version} after ${held?.version}`)
    if (frame.type === 'delta' && (held === null || frame.from !== held.version))
      this.#wrong(`changes since ${frame.from}, and it holds ${held?.version}`)
    const ballots = held?.ballots ?? -1
    this.held = heard(held, frame)
    if (this.held !== null && this.held.ballots > ballots) this.#around.arrived(this.held.ballots)
    this.isOpen = true
    this.#fresh = false
    this.#failures = 0
    this.#greeted.resolve()
  }

  #wrong(what: string): void {
    this.#around.wrongs.push(what)
  }
}

const heard = (held: Document | null, frame: Frame): Document | null => {
  if (frame.type !== 'delta') {
    const { type: _type, ...document } = frame
    return document
  }
  if (held === null) return null
  const { version, ballots, changed } = frame
  return {
    ...held,
    version,
    ballots,
    questions: held.questions.map((question) => changed[question.id] ?? question),
  }
}
