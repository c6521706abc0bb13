// Gives the request an end, so that everything after can be stopped.
import type { MiddlewareHandler } from 'hono'
import { Deadline } from '../deadline.ts'
import type { Http, Services } from '../http.ts'

export const deadline =
  ({ clock }: Pick<Services, 'clock'>): MiddlewareHandler<Http> =>
  async (c, next) => {
    const time = new Deadline(clock, c.get('trace'), c.req.raw.headers)
    c.set('deadline', time)
    try {
      await next()
    } finally {
      time.close()
    }
  }
