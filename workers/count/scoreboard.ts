// The Scoreboard object: lifecycle, sockets and delegation. Every decision is in src/scoreboard.
import { DurableObject } from 'cloudflare:workers'
import type { BoxAddress, PollChange, TallyReport } from '../../src/application/ports.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { countServices } from '../../src/runtime/count-services.ts'
import { Board } from '../../src/scoreboard/board.ts'
import type { ScoreboardRpc } from '../../src/scoreboard/protocol.ts'
import { forget, objectStorage } from './object-storage.ts'

export class Scoreboard extends DurableObject<CountEnv> implements ScoreboardRpc {
  readonly #board: Board

  constructor(state: DurableObjectState, env: CountEnv) {
    super(state, env)
    // Answered by the platform while the object sleeps.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    this.#board = new Board({
      ...countServices(env).boardNeeds,
      storage: objectStorage(state.storage),
      clear: () => forget(state.storage),
      viewers: {
        count: () => state.getWebSockets().length,
        send: (frame) => {
          for (const socket of state.getWebSockets()) sendTo(socket, frame)
        },
        end: (why) => {
          for (const socket of state.getWebSockets()) socket.close(farewells[why].code, farewells[why].reason)
        },
      },
    })
  }

  create(definition: CountingDefinition, fingerprint: string) {
    return this.#board.create(definition, fingerprint)
  }

  definition() {
    return this.#board.definition()
  }

  snapshot() {
    return this.#board.snapshot()
  }

  change(change: PollChange, patienceMs?: number) {
    return this.#board.change(change, patienceMs)
  }

  close(patienceMs?: number) {
    return this.#board.close(patienceMs)
  }

  remove() {
    return this.#board.remove()
  }

  issueInvites(count: number) {
    return this.#board.issueInvites(count)
  }

  join(address: BoxAddress) {
    return this.#board.join(address)
  }

  report(report: TallyReport) {
    return this.#board.report(report)
  }

  /** A viewer's upgrade, already allowed by the edge. */
  override async fetch(): Promise<Response> {
    const greeting = this.#board.greeting()
    if (greeting === null) return new Response(null, { status: 404 })
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server) // hibernates: a poll that nobody changes costs nothing, whoever watches
    server.send(greeting.frame)
    if (greeting.last) server.close(farewells.closed.code, farewells.closed.reason)
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketMessage(socket: WebSocket) {
    socket.close(1008, 'viewers only listen')
  }

  override alarm() {
    return this.#board.wake()
  }
}

const farewells = {
  closed: { code: 1000, reason: 'the poll is closed' },
  deleted: { code: 1000, reason: 'the poll is deleted' },
  hidden: { code: 1008, reason: 'who may watch has changed: connect again' },
} as const

/** A socket that has gone must not keep the others from their frame. */
const sendTo = (socket: WebSocket, frame: string) => {
  try {
    socket.send(frame)
  } catch {
    socket.close(1011, 'could not be reached')
  }
}
