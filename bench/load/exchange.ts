// One request and its answer over a keep-alive connection, reduced to the answer's class.
import { Pool } from 'undici'
import { type AnswerClass, classOfAnswer, classOfFailure, problemCodeOf } from './answer-class.ts'
import { requireLoopback } from './loopback.ts'
import type { LoadPlan } from './plan.ts'
import type { NumberedRequest } from './requests.ts'

export interface Exchanges {
  /** Sends at once; `done` is called exactly once. */
  send(request: NumberedRequest, done: (answer: AnswerClass) => void): void
  close(): Promise<void>
}

/** Connections to the plan's origin, which must be this machine. */
export const openExchanges = (
  plan: Pick<LoadPlan, 'origin' | 'connections' | 'timeoutMs' | 'request'>,
): Exchanges => {
  const { method } = plan.request
  const pool = new Pool(requireLoopback(plan.origin).origin, {
    connections: plan.connections,
    pipelining: 1,
    headersTimeout: plan.timeoutMs,
    bodyTimeout: plan.timeoutMs,
    connect: { timeout: plan.timeoutMs },
  })
  return {
    send: (request, done) => {
      let head = { status: 0, replayed: false }
      let contentType = ''
      let body = ''
      pool.dispatch(
        { method, path: request.path, headers: request.headers, body: request.body },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_, status, headers) => {
            head = { status, replayed: headers['idempotency-replayed'] === 'true' }
            contentType = status < 400 ? '' : String(headers['content-type'] ?? '')
          },
          onResponseData: (_, chunk) => {
            if (contentType !== '' && body.length < problemLimit) body += chunk.toString()
          },
          onResponseEnd: () => done(classOfAnswer(head, problemCodeOf(contentType, body))),
          onResponseError: (_, error) => done(classOfFailure(error)),
        },
      )
    },
    close: () => pool.destroy(),
  }
}

/** Problem documents are short; an error page of megabytes is not kept. */
const problemLimit = 65_536
