// The Durable Objects: what a box and a board are given, but for their own storage.
import type { BallotMessage } from '../application/ballot-message.ts'
import type { BoardLink } from '../application/ports.ts'
import { type BoxNeeds, type BoxSettings, boxSettings } from '../ballot-box/box.ts'
import type { Poll } from '../domain/poll/poll.ts'
import { systemClock } from '../kernel/clock.ts'
import type { BoardNeeds } from '../scoreboard/board.ts'
import { jsonLog } from '../telemetry/sinks/json-log.ts'
import { countConfig } from './config.ts'

export interface CountBindings<BoardId> {
  readonly SCOREBOARD: { idFromName(name: string): BoardId; get(id: BoardId): BoardLink }
  readonly BALLOTS: { sendBatch(messages: { body: BallotMessage; contentType: 'json' }[]): Promise<unknown> }
  readonly ARCHIVE: { recordPoll(poll: Poll): Promise<void> }
}

interface CountServices {
  readonly boxNeeds: Omit<BoxNeeds, 'storage' | 'abort'>
  readonly boardNeeds: Omit<BoardNeeds, 'storage' | 'viewers'>
}

export const countServices = <BoardId>(env: CountBindings<BoardId>): CountServices => {
  const config = countConfig(env)
  const report = jsonLog('count', config.LOG_LEVEL)
  const clock = systemClock
  const after = (delayMs: number, run: () => void) => void setTimeout(run, delayMs)
  const board = (pollId: string) => env.SCOREBOARD.get(env.SCOREBOARD.idFromName(pollId))
  return {
    boxNeeds: {
      clock,
      after,
      report,
      board: {
        join: (address) => board(address.pollId).join(address),
        report: (tally) => board(tally.pollId).report(tally),
      },
      send: async (messages) => {
        await env.BALLOTS.sendBatch(messages.map((body) => ({ body, contentType: 'json' })))
      },
      settings: {
        ...boxSettings,
        resendAfterMs: config.RESEND_AFTER_MS,
        ...commitSettings(config.BENCH_COMMIT),
      },
    },
    boardNeeds: { clock, after, report, record: (poll) => env.ARCHIVE.recordPoll(poll) },
  }
}

const commitSettings = (bench: string): Partial<BoxSettings> =>
  bench === 'single' ? { groupLimit: 1, groupWaitMs: 0 } : {}
