// What owners and the operator have changed goes into the audit log, whatever route they did it by.
import type { Context, MiddlewareHandler } from 'hono'
import type { Deed } from '../application/audit-ports.ts'
import { toBase32 } from '../kernel/bytes.ts'
import type { Http } from './http.ts'
import type { OwnerWrite } from './owner-writes.ts'

/** Runs around the handler of one route; what was refused, and what was done before, is no action. */
export const noteWrite =
  ({ action, notedByVerb, path }: OwnerWrite): MiddlewareHandler<Http> =>
  async (c, next) => {
    const caller = c.get('caller')
    if (caller.kind === 'anonymous') return next()
    const { clock, random, noteAction } = c.get('services')
    const deed: Deed = {
      id: `aud_${toBase32(random.bytes(16))}`,
      workspaceId: caller.kind === 'owner' ? caller.workspaceId : 'operator',
      at: clock.now(),
      actor: caller.kind === 'owner' ? caller.keyId : 'operator',
      action,
      requestId: `req_${c.get('requestId')}`,
    }
    c.set('deed', deed)
    await next()
    if (!c.res.ok || notedByVerb || c.res.headers.has('Idempotency-Replayed')) return
    await noteAction({ ...deed, at: clock.now(), target: targetOf(c, path) })
  }

/** For the verbs that write their own entry. */
export const deedOf = (c: Context<Http>): Deed => {
  const deed = c.get('deed')
  if (deed === undefined) throw new Error('this route has no row in owner-writes.ts')
  return deed
}

/** It was done to what the handler named, to what it made, or to what the path names: `poll_…/bal_…` is of a poll. */
const targetOf = (c: Context<Http>, path: string): string => {
  const made = c.res.headers.get('Location')?.split('/').at(-1)
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => c.req.param(name))
  return c.get('target') ?? made ?? named.join('/')
}
