// A request body in one of the formats a resource takes, or why not. Stops reading at the cap, so that a lying
// Content-Length costs nothing.
import { accept, type Result, refuse } from '../kernel/result.ts'
import { type Codec, type Malformed, malformed } from './codec.ts'

export type BodyRefusal =
  | Malformed
  | { readonly reason: 'body-too-large'; readonly limitBytes: number }
  | { readonly reason: 'media-type-unsupported'; readonly accepts: string; readonly detail?: string }

/** A JSON value, whatever the format (`Codec.decode` says what it may hold). */
export const readBody = async (
  request: Request,
  limitBytes: number,
  codecs: readonly Codec[],
): Promise<Result<unknown, BodyRefusal>> => {
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const codec = codecs.find(({ mediaTypes }) => mediaTypes.includes(mediaType))
  if (codec === undefined) {
    const accepts = codecs.flatMap(({ mediaTypes }) => mediaTypes).join(', ')
    return refuse({ reason: 'media-type-unsupported', accepts, detail: `Send a Content-Type of ${accepts}.` })
  }
  const read = await readAtMost(request, limitBytes)
  await codec.prepare?.()
  return read.ok ? codec.decode(read.value) : read
}

/** The bytes of a body. */
export const readAtMost = async (
  request: Request,
  limitBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyRefusal>> => {
  const declared = request.headers.get('content-length')
  if (Number(declared ?? 0) > limitBytes) return tooLarge(limitBytes)
  const read = declared === null ? stream(request, limitBytes) : whole(request)
  return read.catch(() => malformed('The body ended before it was complete.'))
}

/** HTTP holds a sender to the length it declared: nothing more can come. */
const whole = async (request: Request): Promise<Result<Uint8Array<ArrayBuffer>, BodyRefusal>> =>
  accept(new Uint8Array(await request.arrayBuffer()))

/** A body of unknown length, up to the cap. */
const stream = async (
  request: Request,
  limitBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyRefusal>> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limitBytes) return tooLarge(limitBytes)
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return accept(bytes)
}

const tooLarge = (limitBytes: number) => refuse({ reason: 'body-too-large', limitBytes } as const)
