// The archive Worker: who plays which part.
import { archiveBallots } from '../application/archive-ballots.ts'
import { ballotRecords } from '../archive/ballot-records.ts'
import { openDatabase } from '../archive/database.ts'
import { pollRecords } from '../archive/poll-records.ts'
import { ArchiveRejected } from '../archive/postgres-error.ts'
import { type BoxNamespace, ballotBoxes } from '../ballot-box/client.ts'
import { systemClock as clock } from '../kernel/clock.ts'
import { jsonLog } from '../telemetry/sinks/json-log.ts'
import { archiveConfig } from './config.ts'

export const archiveServices = <BoxId>(env: { readonly BALLOT_BOX: BoxNamespace<BoxId> }) => {
  const config = archiveConfig(env)
  const report = jsonLog('archive', config.LOG_LEVEL)
  const database = openDatabase({ url: config.DATABASE_URL, endpoint: config.DATABASE_ENDPOINT })
  return {
    archiveBallots: archiveBallots({
      ballotRecords: ballotRecords(database),
      ballotBoxes: ballotBoxes(env.BALLOT_BOX),
      clock,
      report,
    }),
    pollRecords: pollRecords(database),
    /** Whether trying again could ever help: Postgres was away, rather than said no. */
    worthRetrying: (error: unknown) => !(error instanceof ArchiveRejected),
    report,
  }
}

export type ArchiveServices = ReturnType<typeof archiveServices>
