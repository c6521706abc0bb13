// Asks an API in any of its formats: bytes out, bytes back, and what they say. Every answer is held to the document.
import { createApp } from '../../src/http/app.ts'
import { json } from '../../src/representation/json.ts'
import { loadMessages, protobuf, type Shape } from '../../src/representation/messages.ts'
import { msgpack } from '../../src/representation/msgpack.ts'
import { type Api, origin } from './api.ts'
import { heldToDocument } from './openapi.ts'

await loadMessages()

interface Spoken {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** What it says, whatever the format; `shape` for Protocol Buffers. */
  says(shape: Shape): unknown
}

export const speaking = (api: Api) => {
  const app = heldToDocument(createApp(api.services))
  return async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string | Uint8Array,
  ): Promise<Spoken> => {
    const request = new Request(new URL(path, origin), {
      method,
      headers,
      body:
        body === undefined
          ? null
          : new Uint8Array(typeof body === 'string' ? new TextEncoder().encode(body) : body),
    })
    const answer = await app.fetch(request)
    const bytes = await answer.bytes()
    return {
      status: answer.status,
      headers: answer.headers,
      bytes,
      says(shape) {
        const type = answer.headers.get('content-type') ?? ''
        const codec = [json, msgpack, protobuf(shape)].find(({ mediaTypes }) => mediaTypes.includes(type))
        const decoded = codec?.decode(bytes)
        if (!decoded?.ok) throw new Error(`${type}: ${new TextDecoder().decode(bytes)}`)
        return decoded.value
      },
    }
  }
}
