// Decides how we will speak, or says 406 before any work is done. Pages, sockets and procedures speak for themselves.
import type { MiddlewareHandler } from 'hono'
import { formatOf, plainTypes, votingTypes } from '../../representation/formats.ts'
import { loadMessages } from '../../representation/messages.ts'
import { negotiate as best } from '../../representation/negotiate.ts'
import { type Http, refused } from '../http.ts'

/** Resources with a format of their own: sockets and NDJSON. */
const ownFormat = /\/(results\/live|log|(?<!\/voters\/)export)$/
/** Polls, ballots, results and proofs. */
const voting = /^\/v1\/polls(\/[^/]+(\/(open|close|archive|ballots(\/mine)?|results|receipts\/[^/]+))?)?$/
/** The owner's list of them has no message: a voter's ballot is sent to the same place. */
const listOfBallots = /^\/v1\/polls\/[^/]+\/ballots$/
const invites = /\/invites$/

export const negotiate = (): MiddlewareHandler<Http> => async (c, next) => {
  const { path, method } = c.req
  if (!path.startsWith('/v1/') || ownFormat.test(path)) return next()
  // A message has all of its fields: what is not set cannot be told from what was not asked for.
  const whole = c.req.query('fields') === undefined
  const offers =
    whole && voting.test(path) && !(listOfBallots.test(path) && (method === 'GET' || method === 'HEAD'))
      ? votingTypes
      : invites.test(path) && method === 'POST'
        ? [...plainTypes, 'text/csv']
        : plainTypes
  const mediaType = best(c.req.header('accept') ?? null, offers)
  if (mediaType === null) return refused(c, { reason: 'not-acceptable', offers: offers.join(', ') })
  const format = formatOf(mediaType)
  c.set('speech', { mediaType, format })
  if (format === 'protobuf' || !whole) await loadMessages()
  return next()
}
