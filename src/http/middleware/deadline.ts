// Gives the request a signal, so that everything after can be stopped.
import type { MiddlewareHandler } from 'hono'
import { endsAt } from '../../kernel/deadline.ts'
import type { Http, Services } from '../http.ts'

/** Longer than any dependency may take, shorter than a person waits. */
const patienceMs = 10_000

export const deadline =
  ({ clock }: Pick<Services, 'clock'>): MiddlewareHandler<Http> =>
  async (c, next) => {
    const time = new AbortController()
    const timer = setTimeout(
      () => time.abort(new DOMException('the request took too long', 'TimeoutError')),
      patienceMs,
    )
    endsAt(time.signal, clock.now() + patienceMs)
    c.set('signal', time.signal)
    try {
      await next()
    } finally {
      clearTimeout(timer)
    }
  }
