// The least that fans a text out: hibernating sockets in one object, and a loop that sends it to each of them.
import { DurableObject } from 'cloudflare:workers'

interface Env {
  readonly FAN: DurableObjectNamespace<Fan>
}

export class Fan extends DurableObject<Env> {
  #sent = 0

  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    server.send(this.#frame())
    return new Response(null, { status: 101, webSocket: client })
  }

  send(): number {
    this.#sent++
    const frame = this.#frame()
    for (const socket of this.ctx.getWebSockets()) socket.send(frame)
    return this.#sent
  }

  /** As long as a delta of ours for the same poll. */
  #frame(): string {
    const counted = { ballots: this.#sent, options: [{ id: 'a', votes: this.#sent, share: 1 }] }
    return JSON.stringify({
      type: 'delta',
      version: this.#sent,
      from: this.#sent - 1,
      asOf: '2026-11-24T12:00:00.000Z',
      ballots: this.#sent,
      changed: { q: { id: 'q', type: 'choice', ...counted, padding: 'xxxxxxxxxxxxxxx' } },
    })
  }
}

export default {
  fetch: async (request, { FAN }) => {
    const fan = FAN.get(FAN.idFromName('fan'))
    if (request.headers.get('upgrade') === 'websocket') return fan.fetch(request)
    return Response.json({ ballots: await fan.send() }, { status: 201 })
  },
} satisfies ExportedHandler<Env>
