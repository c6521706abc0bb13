// Who comes in: reads the key and says whose it is. A presented key that is not valid is refused at once, everywhere.
import type { MiddlewareHandler } from 'hono'
import { type Http, refused } from '../http.ts'

export const admit = (): MiddlewareHandler<Http> => async (c, next) => {
  const caller = await c.var.services.identifyCaller(presentedKey(c.req.raw.headers), c.var.signal)
  if (!caller.ok) return refused(c, caller.refusal)
  c.set('caller', caller.value)
  return next()
}

const presentedKey = (headers: Headers): string | null => {
  const authorization = headers.get('authorization')
  if (authorization === null) return headers.get('x-api-key')
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? authorization
}
