// Procedures: edgepoll.v1.PollService by the Connect protocol, for other services. Verbs, headers and refusals are those of
// REST; requests are read as strictly.

import {
  createContextKey,
  createContextValues,
  createMethodImplSpec,
  type HandlerContext,
} from '@connectrpc/connect'
import { type UniversalHandler, universalServerResponseToFetch } from '@connectrpc/connect/protocol'
import { createHandlerFactory } from '@connectrpc/connect/protocol-connect'
import type { Context } from 'hono'
import { fromBase64Url } from '../kernel/bytes.ts'
import { endsAt, leftMs } from '../kernel/deadline.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { ballotDocument } from '../representation/ballot-document.ts'
import { pollDocument } from '../representation/poll-document.ts'
import {
  ballotDraftOf,
  ballotMessage,
  checkRequest,
  outcomes,
  PollService,
  pollMessage,
  resultsMessage,
} from '../representation/procedures.ts'
import { readAtMost } from '../representation/read-body.ts'
import { cacheHeaders, resultsPolicy } from './cache-policy.ts'
import { castFrom, castHeaders } from './cast-from.ts'
import { connectError } from './connect-error.ts'
import { signalOf } from './deadline.ts'
import { failed } from './failed.ts'
import { type Http, refused } from './http.ts'
import { bodyLimits } from './limits.ts'
import type { AnyRefusal } from './problems.ts'
import { viewpoint } from './viewpoint.ts'
import { watcherOf } from './watcher.ts'

export const callProcedure = async (c: Context<Http>): Promise<Response> => {
  const handler = handlers.get(c.req.path)
  if (handler === undefined) return refused(c, { reason: 'not-found' })
  if (!handler.allowedMethods.includes(c.req.method))
    return refused(c, { reason: 'method-not-allowed', allow: handler.allowedMethods.join(', ') })
  const { header, bytes } = c.req.method === 'GET' ? fromQuery(c) : fromBody(c)
  const response = await handler({
    httpVersion: '1.1',
    method: 'POST',
    url: c.req.url,
    header,
    body: strictly(c, handler, header, bytes),
    signal: signalOf(c),
    contextValues: createContextValues().set(httpContext, c),
  })
  const answer = universalServerResponseToFetch(response)
  // What the protocol's library refuses by itself says nothing of caches, and they would keep it.
  if (!answer.headers.has('Cache-Control')) answer.headers.set('Cache-Control', 'no-store')
  return answer
}

/** The request of REST that a procedure is called by. */
const httpContext = createContextKey<Context<Http> | null>(null)

const getPoll = async (c: Context<Http>, pollId: string, { signal, responseHeader }: HandlerContext) => {
  const caller = c.get('caller')
  const workspaceId = caller.kind === 'owner' ? caller.workspaceId : null
  const found = await c.get('services').readPollFor({ pollId, workspaceId }, signal)
  if (!found.ok) return found
  setAll(responseHeader, cacheable(c, cacheHeaders(c, pollId, 'poll', found.value)))
  return accept({ poll: pollMessage(pollDocument(found.value.poll, viewpoint(c, found.value.owned))) })
}

const getResults = async (c: Context<Http>, pollId: string, { signal, responseHeader }: HandlerContext) => {
  const read = await c.get('services').readResults(watcherOf(c, pollId), signal)
  if (!read.ok) return read
  const { snapshot, open } = read.value
  setAll(responseHeader, cacheable(c, cacheHeaders(c, pollId, resultsPolicy(snapshot, open), read.value)))
  return accept({ results: resultsMessage(JSON.parse(snapshot.document)) }) // our own publication
}

const castBallot = async (
  c: Context<Http>,
  pollId: string,
  body: unknown,
  { signal, responseHeader }: HandlerContext,
) => {
  const poll = await c.get('services').readPoll({ pollId }, signal)
  if (!poll.ok) return poll
  const cast = await castFrom(c, { pollId, body, revisionOnly: false }, signal)
  if (!cast.ok) return cast
  const { kind, ballot, receipt } = cast.value
  setAll(responseHeader, castHeaders(cast.value))
  return accept({ ballot: ballotMessage(ballotDocument(ballot, receipt)), outcome: outcomes[kind] })
}

/** Runs a verb for the request behind a call; a refusal or a failure becomes an error of the protocol. */
const answered = async <Answer>(
  context: HandlerContext,
  run: (c: Context<Http>) => Promise<Result<Answer, AnyRefusal>>,
): Promise<Answer> => {
  const c = context.values.get(httpContext)
  if (c === null) throw new Error('a procedure was called without its request')
  // The library's signal follows the request's, and may end sooner; whoever passes work on must know when.
  const { clock } = c.get('services')
  const patienceMs = Math.min(leftMs(signalOf(c), clock), context.timeoutMs() ?? Number.POSITIVE_INFINITY)
  endsAt(context.signal, clock.now() + patienceMs)
  const result = await run(c).catch((error: unknown) => refuse(failed(c, error)))
  if (result.ok) return result.value
  throw connectError(c, result.refusal)
}

const { method } = PollService
const implement = createHandlerFactory({
  readMaxBytes: bodyLimits.ballot,
  jsonOptions: { ignoreUnknownFields: false },
})
const handlers: ReadonlyMap<string, UniversalHandler> = new Map(
  [
    createMethodImplSpec(method.getPoll, ({ pollId }, context) =>
      answered(context, (c) => getPoll(c, pollId, context)),
    ),
    createMethodImplSpec(method.getResults, ({ pollId }, context) =>
      answered(context, (c) => getResults(c, pollId, context)),
    ),
    createMethodImplSpec(method.castBallot, ({ pollId, ballot }, context) =>
      answered(context, async (c) => {
        const body = ballotDraftOf(ballot)
        return body.ok ? castBallot(c, pollId, body.value, context) : body
      }),
    ),
  ].map((spec) => {
    const handler = implement(spec)
    return [handler.requestPath, handler]
  }),
)

interface Asked {
  readonly header: Headers
  readonly bytes: () => Promise<Result<Uint8Array, AnyRefusal>>
}

const fromBody = (c: Context<Http>): Asked => ({
  header: c.req.raw.headers,
  bytes: () => readAtMost(c.req.raw, bodyLimits.ballot),
})

/** A call without side effects may come as a GET, which caches know: then the message is in the query. */
const fromQuery = (c: Context<Http>): Asked => {
  const { encoding = 'json', message = '', base64, compression } = c.req.query()
  const header = new Headers(c.req.raw.headers)
  header.set('Content-Type', `application/${encoding}`)
  if (compression !== undefined) header.set('Content-Encoding', compression)
  const bytes = base64 === '1' ? fromBase64Url(message) : new TextEncoder().encode(message)
  return { header, bytes: async () => accept(bytes) }
}

/** The body as the library reads it, once it has been found sound. */
async function* strictly(
  c: Context<Http>,
  handler: UniversalHandler,
  header: Headers,
  bytes: Asked['bytes'],
) {
  const body = await bytes()
  if (!body.ok) throw connectError(c, body.refusal)
  const format = header.get('Content-Type')?.toLowerCase().startsWith('application/proto') ? 'proto' : 'json'
  const checked = checkRequest(handler.method.input, format, body.value)
  if (!checked.ok) throw connectError(c, checked.refusal)
  yield body.value
}

/** Only what came by GET can be kept by a cache. */
const cacheable = (c: Context<Http>, headers: Readonly<Record<string, string>>) =>
  c.req.method === 'GET' ? { ...headers, Vary: 'Authorization, X-API-Key' } : { 'Cache-Control': 'no-store' }

const setAll = (target: Headers, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) target.set(name, value)
}
