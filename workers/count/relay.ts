// The Relay object, a leaf that holds sockets or a branch that feeds leaves: lifecycle, sockets and delegation. Every
// decision is in src/relay.
import { DurableObject } from 'cloudflare:workers'
import type { Feed } from '../../src/application/live-feed.ts'
import { Branch } from '../../src/relay/branch.ts'
import { farewellTo } from '../../src/relay/farewells.ts'
import { Leaf, type Seat, type Viewer } from '../../src/relay/leaf.ts'
import { entryOf, type RelayAddress, type RelayRpc, subprotocolOf } from '../../src/relay/protocol.ts'
import { countServices } from '../../src/runtime/count-services.ts'
import { objectStorage } from './object-storage.ts'

export class Relay extends DurableObject<CountEnv> implements RelayRpc {
  readonly #leaf: Leaf
  readonly #viewers = new WeakMap<WebSocket, Viewer>()
  #branch: Branch | null = null

  constructor(state: DurableObjectState, env: CountEnv) {
    super(state, env)
    // Answered by the platform while the object sleeps.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    const { leafNeeds } = countServices(env)
    const open = (from?: string) =>
      state.getWebSockets(from).filter(({ readyState }) => readyState === WebSocket.OPEN)
    this.#leaf = new Leaf({
      ...leafNeeds,
      sockets: {
        count: () => open().length,
        countFrom: (from) => open(from).length,
        all: () => open().map((socket) => this.#viewerAt(socket)),
      },
    })
    this.#leaf.woke(state.id.toString())
  }

  async push({ kind }: RelayAddress, feed: Feed): Promise<number> {
    return kind === 'leaf' ? this.#leaf.push(feed) : this.#asBranch().push(feed)
  }

  follow(address: RelayAddress, leaf: string, viewers: number, holds: number): Promise<Feed | null> {
    return this.#asBranch().follow(address, leaf, viewers, holds)
  }

  /** A viewer's upgrade, already allowed by the edge: 101, or why not. */
  override async fetch(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    const entry = entryOf(request)
    const no = await this.#leaf.enter(entry, (seat) => {
      // Hibernates: a poll that nobody changes costs nothing, whoever watches.
      this.ctx.acceptWebSocket(server, entry.from === null ? [] : [entry.from])
      server.serializeAttachment(seat)
      return this.#viewerAt(server)
    })
    if (no !== null) return Response.json(no, { status: 503 })
    const subprotocol = subprotocolOf(request.headers.get('sec-websocket-protocol'))
    return new Response(null, {
      status: 101,
      webSocket: client,
      headers: {
        'Cache-Control': 'no-store',
        ...(subprotocol !== null && { 'Sec-WebSocket-Protocol': subprotocol }),
      },
    })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer) {
    socket.close(...farewellTo(message))
  }

  #asBranch(): Branch {
    this.#branch ??= new Branch({
      ...countServices(this.env).branchNeeds,
      storage: objectStorage(this.ctx.storage),
    })
    return this.#branch
  }

  #viewerAt(socket: WebSocket): Viewer {
    const known = this.#viewers.get(socket)
    if (known !== undefined) return known
    const viewer = viewerAt(socket, this.ctx)
    this.#viewers.set(socket, viewer)
    return viewer
  }
}

/** A socket as a leaf sees it. Its seat is read once a life and written whenever it changes. */
const viewerAt = (socket: WebSocket, state: DurableObjectState): Viewer => {
  let seat: Seat = socket.deserializeAttachment()
  return {
    get seat() {
      return seat
    },
    set seat(next) {
      seat = next
      socket.serializeAttachment(next)
    },
    get heardAt() {
      return state.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null
    },
    send: (frame) => socket.send(frame),
    close: (code, reason) => socket.close(code, reason),
  }
}
