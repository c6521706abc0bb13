// One direction of a connection through the fault proxy: what comes out of one socket goes into the other, on its terms.
import type { Socket } from 'node:net'

/** What may be wrong with a connection. They add up. */
export interface Faults {
  /** How late everything arrives, each way. */
  readonly latencyMs: number
  /** How much arrives a second, each way. */
  readonly bytesPerSecond: number
  /** Nothing passes and nothing is lost: it arrives when the stall is over, the news of an end too. */
  readonly stalled: boolean
  /** The connection breaks when the server has said so much. */
  readonly cutAfterBytes: number
}

export type FaultName = 'latency' | 'rate' | 'stall' | 'reset' | 'cut'

export interface PassageNeeds {
  readonly from: Socket
  readonly to: Socket
  /** As they are now; asked again for every piece. */
  readonly faults: () => Faults
  readonly after: (ms: number, run: () => void) => void
  readonly fired: (fault: FaultName) => void
  /** Called once `cutAfterBytes` have passed; absent in the direction that is never cut. */
  readonly cut?: () => void
}

/** A piece on its way: bytes, or the news that the other side has ended (`end`) or is gone (`gone`). */
interface Piece {
  readonly what: Buffer | 'end' | 'gone'
  /** Its latency is over. */
  due: boolean
}

/** A stalled reader stops reading, as a real one does: the sender's own buffers fill up. */
const mostHeldBytes = 256 * 1024
/** A limited rate is served in slices, so many a second. */
const slicesPerSecond = 20

/** Starts passing on and answers how to look again after the faults have changed. */
export const openPassage = ({ from, to, faults, after, fired, cut }: PassageNeeds): { look(): void } => {
  const pieces: Piece[] = []
  let heldBytes = 0
  let passedBytes = 0
  let waitsForRate = false

  const hold = (what: Piece['what']): void => {
    const { latencyMs, stalled } = faults()
    const piece: Piece = { what, due: latencyMs === 0 }
    pieces.push(piece)
    if (typeof what !== 'string') {
      heldBytes += what.length
      if (heldBytes > mostHeldBytes) from.pause()
    }
    if (stalled) fired('stall')
    if (piece.due) look()
    else {
      fired('latency')
      after(latencyMs, () => {
        piece.due = true
        look()
      })
    }
  }

  const look = (): void => {
    while (!waitsForRate && !faults().stalled && pieces[0]?.due) passOn(pieces.shift())
  }

  const passOn = (piece: Piece | undefined): void => {
    if (piece === undefined) return
    if (piece.what === 'end') to.end()
    else if (piece.what === 'gone') to.destroy()
    else passBytes(piece.what)
  }

  const passBytes = (bytes: Buffer): void => {
    const { bytesPerSecond, cutAfterBytes } = faults()
    const slice = Math.max(1, Math.floor(bytesPerSecond / slicesPerSecond))
    const left = cut === undefined ? Number.POSITIVE_INFINITY : Math.max(0, cutAfterBytes - passedBytes)
    const now = bytes.subarray(0, Math.min(slice, left, bytes.length))
    const rest = bytes.subarray(now.length)
    to.write(now)
    passedBytes += now.length
    heldBytes -= now.length
    if (heldBytes <= mostHeldBytes) from.resume()
    if (cut !== undefined && passedBytes >= cutAfterBytes) {
      cut()
      return
    }
    if (rest.length > 0) pieces.unshift({ what: rest, due: true })
    if (bytesPerSecond === Number.POSITIVE_INFINITY) return
    waitsForRate = true
    fired('rate')
    after((now.length / bytesPerSecond) * 1000, () => {
      waitsForRate = false
      look()
    })
  }

  let ended = false
  from.on('data', (bytes: Buffer) => hold(bytes)) // no encoding is set, so they are buffers
  from.on('end', () => {
    ended = true
    hold('end')
  })
  from.on('close', () => {
    if (!ended) hold('gone')
  })
  return { look }
}
