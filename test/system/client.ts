// An HTTP client of the running stack, and waiting for what comes about by itself.
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { validateReceived } from '../support/openapi.ts'

export interface SystemAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
  readonly json: any
}

export interface SystemClient {
  /** Rejects when the connection breaks before the whole answer is there: then nobody knows what became of it. */
  ask(method: string, path: string, order?: SystemOrder): Promise<SystemAnswer>
  close(): Promise<void>
}

export interface SystemOrder {
  readonly key?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

export const clientOf = (url: string): SystemClient => {
  const dispatcher = new Agent({
    connections: 256,
    pipelining: 1,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  })
  return {
    async ask(method, path, { key, headers = {}, body } = {}) {
      const answer = await request(new URL(path, url), {
        dispatcher,
        method: method as 'GET', // undici lists methods; any that HTTP has is fine
        headers: {
          ...(key !== undefined && { Authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
      })
      const text = await answer.body.text()
      await validateReceived(method, path, { status: answer.statusCode, headers: answer.headers, text })
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text,
        get json() {
          return JSON.parse(text)
        },
      }
    },
    close: () => dispatcher.destroy(),
  }
}

/** Asks until the answer is as it should be, for a bounded time; fails with the last answer. */
export const eventually = async <Value>(
  ask: () => Promise<Value>,
  fits: (value: Value) => boolean,
  withinMs = 40_000,
): Promise<Value> => {
  const until = Date.now() + withinMs
  for (;;) {
    const value = await ask()
    if (fits(value)) return value
    if (Date.now() > until)
      throw new Error(`it never came about; at last: ${JSON.stringify(value)?.slice(0, 500)}`)
    await pause(100)
  }
}

/** The status of what a client says that no HTTP library would send: the bytes as they are. */
export const statusOf = (url: string, message: string): Promise<number> => {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(port), hostname, () => socket.write(message))
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer: ${received}`)))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      received += chunk
      const status = /^HTTP\/1\.1 (\d{3}) .*\r\n/.exec(received)?.[1]
      if (status === undefined) return
      resolve(Number(status))
      socket.destroy()
    })
  })
}
