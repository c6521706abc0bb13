// The Durable Objects: what a box and a board are given, but for their own storage.
import type { BallotMessage } from '../application/ballot-message.ts'
import type { BoardLink, BoxAddress, BoxLink, PollDeath } from '../application/ports.ts'
import type { BoxNeeds } from '../ballot-box/needs.ts'
import { boxName } from '../ballot-box/protocol.ts'
import { type BoxSettings, boxSettings } from '../ballot-box/settings.ts'
import type { KeyValueStore } from '../cache/kv-tier.ts'
import type { Poll } from '../domain/poll/poll.ts'
import { systemClock } from '../kernel/clock.ts'
import type { BoardNeeds } from '../scoreboard/board.ts'
import { jsonLog } from '../telemetry/sinks/json-log.ts'
import { keptApart } from './commit-pace.ts'
import { countConfig } from './config.ts'
import { protectBoardLink, protectBoxLink, protectRecords, protectSend } from './protect-counting.ts'
import { rememberFinal } from './remember.ts'

export interface CountBindings<BoxId, BoardId> {
  readonly BALLOT_BOX: { idFromName(name: string): BoxId; get(id: BoxId): BoxLink }
  readonly SCOREBOARD: { idFromName(name: string): BoardId; get(id: BoardId): BoardLink }
  readonly READS: KeyValueStore
  readonly BALLOTS: { sendBatch(messages: { body: BallotMessage; contentType: 'json' }[]): Promise<unknown> }
  readonly ARCHIVE: { recordPoll(poll: Poll): Promise<void>; removePoll(death: PollDeath): Promise<void> }
}

interface CountServices {
  readonly boxNeeds: Omit<BoxNeeds, 'storage' | 'abort' | 'clear'>
  readonly boardNeeds: Omit<BoardNeeds, 'storage' | 'viewers' | 'clear'>
}

export const countServices = <BoxId, BoardId>(env: CountBindings<BoxId, BoardId>): CountServices => {
  const config = countConfig(env)
  const report = jsonLog('count', config.LOG_LEVEL)
  const clock = systemClock
  const after = (delayMs: number, run: () => void) => void setTimeout(run, delayMs)
  const held = config.BENCH_COMMIT === 'held'
  const board = (pollId: string) => env.SCOREBOARD.get(env.SCOREBOARD.idFromName(pollId))
  const box = (address: BoxAddress) => env.BALLOT_BOX.get(env.BALLOT_BOX.idFromName(boxName(address)))
  return {
    boxNeeds: {
      clock,
      after: held ? keptApart(heldMs, { after, clock }) : after,
      report,
      board: protectBoardLink(
        {
          join: (address) => board(address.pollId).join(address),
          report: (tally) => board(tally.pollId).report(tally),
        },
        clock,
      ),
      send: protectSend(async (messages) => {
        await env.BALLOTS.sendBatch(messages.map((body) => ({ body, contentType: 'json' })))
      }, clock),
      settings: {
        ...boxSettings,
        resendAfterMs: config.RESEND_AFTER_MS,
        shedding: config.EDGEPOLL_SHEDDING !== 'off',
        ...commitSettings(config.BENCH_COMMIT),
      },
    },
    boardNeeds: {
      clock,
      after,
      report,
      boxes: protectBoxLink(
        {
          adopt: (address, definition) => box(address).adopt(address, definition),
          hold: (address) => box(address).hold(address),
          freeze: (address, definition) => box(address).freeze(address, definition),
          firsts: (address, questionId, continuing) => box(address).firsts(address, questionId, continuing),
          destroy: (address) => box(address).destroy(address),
        },
        clock,
      ),
      shelf: rememberFinal(env.READS, clock),
      records: protectRecords(
        {
          record: (poll) => env.ARCHIVE.recordPoll(poll),
          remove: (death) => env.ARCHIVE.removePoll(death),
        },
        clock,
      ),
    },
  }
}

const commitSettings = (bench: string): Partial<BoxSettings> =>
  bench === 'single' || bench === 'held' ? { groupLimit: 1, groupWaitMs: 0 } : {}

/** 200 ballots a second. */
const heldMs = 5
