// An endpoint as an owner would have it: verifies each event with the independent package, keeps it, and answers as told.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface ReceivedEvent {
  readonly id: string
  readonly type: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every kind
  readonly data: any
  readonly bytes: number
  readonly path: string
  readonly traceparent: string | undefined
}

export interface Receiver {
  readonly url: string
  readonly events: readonly ReceivedEvent[]
  /** What a signature did not fit, or was no post of ours. */
  readonly wrong: readonly string[]
  /** Secrets that are good, by path; without one nothing is verified. */
  readonly secrets: Map<string, string>
  /** What the next requests to a path are answered with, in turn; then 204. */
  readonly answers: Map<string, { readonly status: number; readonly location?: string }[]>
  stop(): Promise<void>
}

export const startReceiver = async (): Promise<Receiver> => {
  const events: ReceivedEvent[] = []
  const wrong: string[] = []
  const secrets = new Map<string, string>()
  const answers: Receiver['answers'] = new Map()
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer) // a stream of bytes
    const body = Buffer.concat(parts).toString()
    const path = request.url ?? ''
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    try {
      const secret = secrets.get(path)
      if (secret !== undefined) new Webhook(secret).verify(body, headers)
      const { type, data } = JSON.parse(body)
      const { 'webhook-id': id = '', traceparent } = headers
      events.push({ id, type, data, bytes: Buffer.byteLength(body), path, traceparent })
    } catch (error) {
      wrong.push(`${request.method} ${path}: ${error}`)
    }
    const { status, location } = answers.get(path)?.shift() ?? { status: 204 }
    response.writeHead(status, location === undefined ? {} : { location }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    events,
    wrong,
    secrets,
    answers,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
