// What a failed statement may say outside this room: whether trying again can help, and a code. SQL errors carry
// statements and parameters, which are voters' answers and owners' hashes; so nothing else of them leaves.
import { NeonDbError } from '@neondatabase/serverless'
import { DrizzleQueryError } from 'drizzle-orm'
import { Unavailable } from '../kernel/unavailable.ts'

/** Postgres did not say yes and may say it later. Whether it did what was asked is unknown; every statement of this
 *  room but the making of a workspace can be repeated. */
export class ArchiveUnavailable extends Unavailable {
  /** An SQLSTATE, or `unreachable` where Postgres gave none. */
  readonly code: string

  constructor(code: string) {
    super('postgres')
    this.message += ` (${code})`
    this.code = code
  }
}

/** Postgres refuses this content and always will: repeating it only makes a queue sick. */
export class ArchiveRejected extends Error {
  override readonly name = 'ArchiveRejected'
  /** An SQLSTATE. */
  readonly code: string

  constructor(code: string) {
    super(`postgres will never take this (${code})`)
    this.code = code
  }
}

/** The opaque form of what the driver threw; anything that is not the driver's is a bug and comes back as it is. */
export const archiveError = (error: unknown): unknown => {
  const failure = error instanceof DrizzleQueryError ? error.cause : error
  if (failure === error && !(error instanceof NeonDbError)) return error
  const state = failure instanceof NeonDbError ? failure.code : undefined
  if (state === undefined || !sqlState.test(state)) return new ArchiveUnavailable('unreachable')
  return hopeless.has(state.slice(0, 2)) ? new ArchiveRejected(state) : new ArchiveUnavailable(state)
}

/** Five characters; what else may stand there is a code of Node's, as ECONNREFUSED. */
const sqlState = /^[0-9A-Z]{5}$/

/** Classes of SQLSTATE that judge the content: data exception, integrity constraint, program limit. A missing table
 *  (42) is not among them: a migration can still bring it. */
const hopeless: ReadonlySet<string> = new Set(['22', '23', '54'])
