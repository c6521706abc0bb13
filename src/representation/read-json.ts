// A request body as JSON, or why not. Stops reading at the cap, so that a lying Content-Length costs nothing.
import { accept, type Result, refuse } from '../kernel/result.ts'

export type BodyRefusal =
  | { readonly reason: 'body-malformed'; readonly detail: string }
  | { readonly reason: 'body-too-large'; readonly limitBytes: number }
  | { readonly reason: 'media-type-unsupported'; readonly accepts: string }

const deepest = 32

export const readJson = async (
  request: Request,
  limitBytes: number,
  mediaTypes: readonly string[] = ['application/json'],
): Promise<Result<unknown, BodyRefusal>> => {
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!mediaTypes.includes(mediaType))
    return refuse({ reason: 'media-type-unsupported', accepts: mediaTypes.join(', ') })
  const bytes = await readAtMost(request, limitBytes)
  if (bytes === null) return refuse({ reason: 'body-too-large', limitBytes })
  const text = decode(bytes)
  if (text === null) return malformed('The body is not UTF-8.')
  if (tooDeep(text)) return malformed(`The body is nested deeper than ${deepest} levels.`)
  try {
    return accept(JSON.parse(text))
  } catch {
    return malformed('The body is not JSON.')
  }
}

const malformed = (detail: string) => refuse({ reason: 'body-malformed', detail } as const)

const decode = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return null
  }
}

const readAtMost = async (request: Request, limitBytes: number): Promise<Uint8Array | null> => {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limitBytes) return null
    chunks.push(chunk)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

/** Counts brackets outside strings, before any parser recurses over them. */
const tooDeep = (text: string): boolean => {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (quoted && character === '\\') at++
    else if (character === '"') quoted = !quoted
    else if (quoted) continue
    else if (character === '[' || character === '{') {
      if (++depth > deepest) return true
    } else if (character === ']' || character === '}') depth--
  }
  return false
}
