// The procedures of edgepoll.v1.PollService. What answers them is loaded at the first call, as all of Protocol Buffers is.
import { Hono } from 'hono'
import type { Http } from '../http.ts'

/** As in `proto/edgepoll/v1/service.proto`. */
const service = 'edgepoll.v1.PollService'

export const connect = new Hono<Http>().on(['GET', 'POST'], `/${service}/:method`, async (c) => {
  const { callProcedure } = await import('../call-procedure.ts')
  return callProcedure(c)
})
