// Who asks for results: anybody, a voter with a receipt, or a key that may read them.
import type { Context } from 'hono'
import type { ResultsOrder } from '../application/read-results.ts'
import type { Http } from './http.ts'

/** The network address, where it tells viewers apart: behind loopback may be anybody. */
export const knownAddress = (c: Context<Http>): string | null => {
  const address = c.var.services.addressOf(c.req.raw.headers)
  return address === '127.0.0.1' ? null : address
}

/** `?receipt=` is for sockets, which cannot send headers; everything else sends `Edgepoll-Receipt`. */
export const watcherOf = (c: Context<Http>, pollId: string, fromQuery = false): ResultsOrder => {
  const { caller } = c.var
  const reads = caller.kind === 'owner' && caller.scopes.includes('results:read')
  const receipt = c.req.header('edgepoll-receipt') ?? (fromQuery ? c.req.query('receipt') : undefined)
  return { pollId, receipt: receipt ?? null, workspaceId: reads ? caller.workspaceId : null }
}
