// The edge Worker: who plays which part. The only page that chooses implementations for it.
import { redisHealth } from '../admission/redis-health.ts'
import { castBallot } from '../application/cast-ballot.ts'
import { checkHealth } from '../application/check-health.ts'
import { createPoll } from '../application/create-poll.ts'
import { createWorkspace } from '../application/create-workspace.ts'
import { identifyCaller } from '../application/identify-caller.ts'
import type { HealthCheck, PollBook } from '../application/ports.ts'
import { readPoll } from '../application/read-poll.ts'
import { mayWatch, readResults } from '../application/read-results.ts'
import { openDatabase } from '../archive/database.ts'
import { postgresHealth } from '../archive/health.ts'
import { keyRing } from '../archive/key-ring.ts'
import { workspaces } from '../archive/workspaces.ts'
import { type BoxNamespace, ballotBoxes } from '../ballot-box/client.ts'
import type { Services } from '../http/http.ts'
import { systemClock as clock } from '../kernel/clock.ts'
import { systemRandom as random } from '../kernel/random.ts'
import { receiptBook } from '../receipts/receipt-book.ts'
import { type BoardNamespace, scoreboards } from '../scoreboard/client.ts'
import { jsonLog } from '../telemetry/sinks/json-log.ts'
import { edgeConfig } from './config.ts'
import { rememberKeys, rememberPolls } from './remember.ts'

export interface EdgeBindings<BoxId, BoardId> {
  readonly BALLOT_BOX: BoxNamespace<BoxId>
  readonly SCOREBOARD: BoardNamespace<BoardId>
}

export const edgeServices = <BoxId, BoardId>(env: EdgeBindings<BoxId, BoardId>): Services => {
  const config = edgeConfig(env)
  const report = jsonLog('edge', config.LOG_LEVEL)
  const database = openDatabase({ url: config.DATABASE_URL, endpoint: config.DATABASE_ENDPOINT })
  const boards = scoreboards(env.SCOREBOARD)
  const pollBook = rememberPolls(boards, clock)
  const receipts = receiptBook(config.RECEIPT_KEY)
  const keys = rememberKeys(keyRing(database), clock, report)
  const healthChecks = [
    countingHealth(boards),
    postgresHealth(database),
    redisHealth({ url: config.UPSTASH_REDIS_REST_URL, token: config.UPSTASH_REDIS_REST_TOKEN }),
  ]
  return {
    castBallot: castBallot({ pollBook, ballotBoxes: ballotBoxes(env.BALLOT_BOX), receipts, random }),
    checkHealth: checkHealth({ healthChecks }),
    createPoll: createPoll({ scoreboards: boards, clock, random }),
    createWorkspace: createWorkspace({ workspaces: workspaces(database), clock, random }),
    identifyCaller: identifyCaller({ keyRing: keys, clock, rootKey: config.ROOT_KEY }),
    mayWatch: mayWatch({ pollBook, receipts, clock }),
    readPoll: readPoll({ pollBook }),
    readResults: readResults({ pollBook, scoreboards: boards, receipts, clock }),
    watch: boards.watch,
    clock,
    random,
    report,
  }
}

/** Counting is there when a scoreboard answers, be it that it knows no such poll. */
const countingHealth = (book: PollBook): HealthCheck => ({
  name: 'counting',
  check: async (signal) => {
    await book.find('poll_health', signal)
  },
})
