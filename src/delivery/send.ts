// One attempt: judged, signed, posted, and its answer's status.
import type { SendEvent, Sent } from '../application/deliver-event.ts'
import type { WebhookSecret } from '../application/manage-webhooks.ts'
import { targetFault } from '../application/webhook-target.ts'
import type { Clock } from '../kernel/clock.ts'
import { formatTraceparent } from '../kernel/trace.ts'
import type { JudgeHost } from './resolve.ts'
import { signedHeaders } from './sign.ts'

interface Needs {
  readonly secretOf: WebhookSecret
  /** null: targets are not judged, for tests on one machine. */
  readonly judge: JudgeHost | null
  readonly fetch: typeof fetch
  readonly clock: Clock
  /** After so long an endpoint is as good as away. */
  readonly timeoutMs: number
}

export const sendEvent =
  ({ secretOf, judge, fetch: post, clock, timeoutMs }: Needs): SendEvent =>
  async ({ id, payload, webhook, trace }, signal): Promise<Sent> => {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const fault = targetFault(webhook.url, judge === null)
    if (fault !== null) return failed(`The address is refused: ${fault}`)
    const refused = judge && (await judge(new URL(webhook.url).hostname, ended))
    if (refused !== null) return failed(refused)
    try {
      const answer = await post(webhook.url, {
        method: 'POST',
        // Where it would lead has not been judged.
        redirect: 'manual',
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'edgepoll-webhooks/1',
          ...signedHeaders({ id, payload, webhook }, secretOf, clock.now()),
          ...(trace && { traceparent: formatTraceparent(trace) }),
        },
        body: payload,
        signal: ended,
      })
      // Nobody reads it; whoever sends for ever must not hold the connection.
      await answer.body?.cancel().catch(() => undefined)
      return { kind: 'answered', status: answer.status }
    } catch {
      // What the platform says of a failed connection may tell of its inside.
      return failed(
        ended.aborted ? `There was no answer within ${timeoutMs / 1_000} s.` : 'No connection came about.',
      )
    }
  }

const failed = (error: string): Sent => ({ kind: 'failed', error })
