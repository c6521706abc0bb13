// Who asks for results: anybody, a voter with a receipt, or a key that may read them.
import type { Context } from 'hono'
import type { ResultsOrder } from '../application/read-results.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { Http } from './http.ts'
import { type QueryRefusal, wholeNumber } from './query.ts'

/** The network address, where it tells viewers apart: behind loopback may be anybody. */
export const knownAddress = (c: Context<Http>): string | null => {
  const address = c.get('services').addressOf(c.req.raw.headers)
  return address === '127.0.0.1' ? null : address
}

/** The version of results that a viewer holds, as it says in `?version=`, or in the header of an event stream that goes on
 *  after a break, which is newer; null: it says nothing. */
export const versionHeld = (c: Context<Http>): Result<number | null, QueryRefusal> => {
  const last = wholeNumber(c.req.header('last-event-id') ?? '', 0, Number.MAX_SAFE_INTEGER)
  const said = c.req.query('version')
  if (last !== null || said === undefined) return accept(last)
  const version = wholeNumber(said, 0, Number.MAX_SAFE_INTEGER)
  return version === null
    ? refuse({ reason: 'query-invalid', detail: '`version` must be the version of results, a whole number.' })
    : accept(version)
}

/** `?receipt=` is for sockets, which cannot send headers; everything else sends `Edgepoll-Receipt`. */
export const watcherOf = (c: Context<Http>, pollId: string, fromQuery = false): ResultsOrder => {
  const caller = c.get('caller')
  const reads = caller.kind === 'owner' && caller.scopes.includes('results:read')
  const receipt = c.req.header('edgepoll-receipt') ?? (fromQuery ? c.req.query('receipt') : undefined)
  return { pollId, receipt: receipt ?? null, workspaceId: reads ? caller.workspaceId : null }
}
