// What a replay asks beside casting: making the poll, closing it, reading its results as the owner and as anybody.
import type { TargetOptions } from './target.ts'
import { readTarget } from './target.ts'

/** The server answered, and the answer was no. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Nothing answered. */
export class Unreachable extends Error {}

export interface ServerRequest {
  /** `anyone` shows no key and takes what a cache has; `owner` is the default. */
  readonly as?: 'owner' | 'anyone'
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  /** Sent as Idempotency-Key. */
  readonly key?: string
}

/** Asks the server; the parsed answer, or `Refused` or `Unreachable` with one clear sentence. */
export const askServer = async (options: TargetOptions, request: ServerRequest): Promise<unknown> => {
  const { url, apiKey } = readTarget(options)
  let response: Response
  let text: string
  try {
    response = await fetch(`${url}${request.path}`, {
      method: request.method,
      headers: {
        // no-cache with a key asks the scoreboard, not a cache
        ...(request.as === 'anyone'
          ? {}
          : { authorization: `Bearer ${apiKey}`, 'cache-control': 'no-cache' }),
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(request.key === undefined ? {} : { 'idempotency-key': request.key }),
      },
      signal: AbortSignal.timeout(answerTimeoutMs),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    })
    text = await response.text()
  } catch {
    throw new Unreachable(`No server answers at ${url}: start it with npm start or npm run stack.`)
  }
  if (!response.ok) throw refusalOf(request, url, response.status, text)
  return text === '' ? null : parse(text)
}

const refusalOf = (request: ServerRequest, url: string, status: number, text: string): Refused => {
  const problem = parse(text) as { readonly code?: unknown; readonly detail?: unknown } | null // shown, not used
  const code = String(problem?.code ?? '')
  const said = [status, code, problem?.detail].filter(Boolean).join(' ')
  if (status === 401)
    return new Refused(status, code, `The server at ${url} does not know this API key (${said}).`)
  return new Refused(status, code, `The server refused ${request.method} ${request.path}: ${said}`)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const answerTimeoutMs = 15_000
