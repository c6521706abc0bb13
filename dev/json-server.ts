// The HTTP both gateways speak: a POST with a JSON body, a JSON answer, connections kept open, a limit on everything.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { host } from './ports.ts'

export interface JsonRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
  /** Fires when the caller has gone away before the answer. */
  readonly gone: AbortSignal
}

export interface JsonAnswer {
  readonly status: number
  readonly body: unknown
}

export interface JsonServer {
  readonly url: string
  readonly port: number
  /** Lets requests under way finish for a moment, then ends their connections. */
  stop(): Promise<void>
}

interface Needs {
  readonly port: number
  readonly maxBytes: number
  /** How this protocol says no before anything was tried. */
  refuse(status: number, message: string): JsonAnswer
  handle(request: JsonRequest): Promise<JsonAnswer>
}

const finishMs = 1_000

export const startJsonServer = async ({ port, maxBytes, refuse, handle }: Needs): Promise<JsonServer> => {
  const answer = async (request: IncomingMessage, gone: AbortSignal): Promise<JsonAnswer> => {
    if (request.method !== 'POST') return refuse(405, `${request.method} is not understood here: POST`)
    const text = await readText(request, maxBytes)
    if (text === null) return refuse(413, `The request is larger than ${maxBytes} bytes`)
    const body = parse(text)
    if (body === undefined) return refuse(400, 'The request is not JSON')
    return handle({ path: request.url?.split('?')[0] ?? '/', headers: request.headers, body, gone })
  }
  const server = createServer((request, response) => {
    const caller = new AbortController()
    response.once('close', () => caller.abort())
    answer(request, caller.signal).then(
      (good) => send(response, good),
      (bug: unknown) => send(response, refuse(500, bug instanceof Error ? bug.message : String(bug))),
    )
  })
  // workerd keeps connections open and reuses them: closing first would race with a request on its way.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const bound = (server.address() as AddressInfo).port // a TCP server that listens has one
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        const impatience = setTimeout(() => server.closeAllConnections(), finishMs)
        server.close(() => {
          clearTimeout(impatience)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

const readText = async (request: IncomingMessage, maxBytes: number): Promise<string | null> => {
  const chunks: Buffer[] = []
  let size = 0
  // no encoding was set, so the chunks are buffers
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    // What is left is read and dropped, so that the caller gets the answer instead of a reset.
    if (size <= maxBytes) chunks.push(chunk)
  }
  return size > maxBytes ? null : Buffer.concat(chunks).toString('utf8')
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const send = (response: ServerResponse, { status, body }: JsonAnswer): void => {
  if (response.destroyed) return
  const bytes = Buffer.from(JSON.stringify(body))
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length })
    .end(bytes)
}
