import { atMost, connectionsAtOnce } from '../kernel/at-most.ts'
import type { Clock } from '../kernel/clock.ts'
import { until } from '../kernel/until.ts'
import type { BallotMessage } from './ballot-message.ts'
import type { Report } from './events.ts'
import type { BallotBoxes, BallotRecords } from './ports.ts'

interface Needs {
  readonly ballotRecords: BallotRecords
  readonly ballotBoxes: Pick<BallotBoxes, 'confirm'>
  readonly clock: Clock
  readonly report: Report
}

/** Writes a batch of messages to Postgres in one statement, then tells each box, and answers how long Postgres took, ms.
 *  Rejects when nothing was written; a confirmation that fails is only reported, because the box sends what it does not
 *  know to be archived again. */
export const archiveBallots =
  ({ ballotRecords, ballotBoxes, clock, report }: Needs) =>
  async (messages: readonly BallotMessage[], signal: AbortSignal): Promise<number> => {
    const began = clock.now()
    const written = await ballotRecords.store(messages, signal)
    const durationMs = clock.now() - began
    const events = messages.reduce((sum, message) => sum + message.ballots.length, 0)
    report({
      type: 'ballots-archived',
      messages: messages.length,
      events,
      written,
      durationMs,
    })
    await atMost(connectionsAtOnce, messages, ({ pollId, shard, first, last }) =>
      until(signal, ballotBoxes.confirm(pollId, shard, first, last)).catch((error: unknown) => {
        report({ type: 'confirm-failed', pollId, shard, error: String(error) })
      }),
    )
    return durationMs
  }
