// Viewers' sockets without a platform: what each was sent and why it ended; they outlive the leaf that holds them.
import type { Seat, Sockets, Viewer } from '../../src/relay/leaf.ts'

export interface FakeViewer extends Viewer {
  readonly frames: (string | Uint8Array)[]
  /** null: open. */
  readonly ended: { readonly code: number; readonly reason: string } | null
  heardAt: number | null
  /** Whether it can be reached. */
  broken: boolean
  /** The viewer leaves. */
  leave(): void
}

export interface FakeSockets extends Sockets {
  accept(seat: Seat, from?: string | null): FakeViewer
  readonly viewers: readonly FakeViewer[]
}

export const fakeSockets = (): FakeSockets => {
  const held: { readonly viewer: FakeViewer; readonly from: string | null }[] = []
  const open = () => held.filter(({ viewer }) => viewer.ended === null)
  return {
    accept(seat, from = null) {
      let ended: FakeViewer['ended'] = null
      const viewer: FakeViewer = {
        seat,
        frames: [],
        heardAt: null,
        broken: false,
        get ended() {
          return ended
        },
        send(frame) {
          if (viewer.broken || ended !== null) throw new Error('the socket is gone')
          viewer.frames.push(frame)
        },
        close(code, reason) {
          ended ??= { code, reason }
        },
        leave() {
          ended ??= { code: 1001, reason: 'left' }
        },
      }
      held.push({ viewer, from })
      return viewer
    },
    count: () => open().length,
    countFrom: (address) => open().filter(({ from }) => from === address).length,
    all: () => open().map(({ viewer }) => viewer),
    get viewers() {
      return held.map(({ viewer }) => viewer)
    },
  }
}

/** The frames of one viewer, read. */
export const framesOf = ({ frames }: FakeViewer) => frames.map((frame) => JSON.parse(String(frame)))
