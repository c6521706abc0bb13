// From where a client sees a poll: as its owner or not, under which origin, and when.
import type { Context } from 'hono'
import type { Viewpoint } from '../representation/poll-document.ts'
import type { Http } from './http.ts'

export const viewpoint = (c: Context<Http>, owner: boolean): Viewpoint => ({
  owner,
  origin: new URL(c.req.url).origin,
  now: c.get('services').clock.now(),
})
