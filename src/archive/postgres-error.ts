// What the driver throws, made opaque. SQL errors carry statements and parameters, which are voters' answers and owners'
// hashes; so nothing of them leaves but a code.
import { NeonDbError } from '@neondatabase/serverless'
import { DrizzleQueryError } from 'drizzle-orm'
import { ArchiveRejected, ArchiveUnavailable } from './archive-error.ts'

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
