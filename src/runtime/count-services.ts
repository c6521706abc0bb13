// The Durable Objects: what a box and a board are given, but for their own storage.
import type { BallotMessage } from '../application/ballot-message.ts'
import type { BoardLink, BoxAddress, BoxLink, PollDeath, PollRecord } from '../application/ports.ts'
import type { BoxNeeds } from '../ballot-box/needs.ts'
import { boxName } from '../ballot-box/protocol.ts'
import { type BoxSettings, boxSettings } from '../ballot-box/settings.ts'
import type { KeyValueStore } from '../cache/kv-tier.ts'
import { systemClock } from '../kernel/clock.ts'
import { locationHint } from '../kernel/location-hint.ts'
import { systemRandom } from '../kernel/random.ts'
import type { BranchNeeds } from '../relay/branch.ts'
import type { FeederNeeds } from '../relay/feeder.ts'
import type { LeafNeeds } from '../relay/leaf.ts'
import { branchOf } from '../relay/plan.ts'
import { childAddress, childName, type RelayAddress, type RelayRpc, relayName } from '../relay/protocol.ts'
import { encodeMsgpack } from '../representation/msgpack.ts'
import type { BoardNeeds } from '../scoreboard/board.ts'
import type { ScoreboardRpc } from '../scoreboard/protocol.ts'
import type { MeterNamespace } from '../telemetry/meter/client.ts'
import { jsonLog } from '../telemetry/sinks/json-log.ts'
import { keptApart } from './commit-pace.ts'
import { countConfig } from './config.ts'
import { oncePerEnv } from './isolate.ts'
import {
  protectBoardLink,
  protectBoxLink,
  protectFollow,
  protectPush,
  protectRecords,
  protectSend,
} from './protect-counting.ts'
import { rememberFinal } from './remember.ts'
import { telemetryOf } from './telemetry.ts'

/** What a relay asks of its poll's scoreboard. */
type Follows = Pick<ScoreboardRpc, 'follow'>

export interface CountBindings<BoxId, BoardId, RelayId, MeterId> {
  readonly BALLOT_BOX: { idFromName(name: string): BoxId; get(id: BoxId): BoxLink }
  readonly SCOREBOARD: { idFromName(name: string): BoardId; get(id: BoardId): BoardLink & Follows }
  readonly RELAY: {
    idFromName(name: string): RelayId
    get(id: RelayId, options?: { locationHint?: DurableObjectLocationHint }): RelayRpc
  }
  readonly METER: MeterNamespace<MeterId>
  readonly READS: KeyValueStore
  readonly BALLOTS: { sendBatch(messages: { body: BallotMessage; contentType: 'json' }[]): Promise<unknown> }
  readonly ARCHIVE: {
    recordPoll(poll: PollRecord): Promise<void>
    removePoll(death: PollDeath): Promise<void>
  }
}

interface CountServices {
  readonly boxNeeds: Omit<BoxNeeds, 'storage' | 'abort' | 'clear'>
  readonly boardNeeds: Omit<BoardNeeds, 'storage' | 'viewers' | 'clear'>
  readonly feederNeeds: Omit<FeederNeeds, 'storage'>
  readonly branchNeeds: Omit<BranchNeeds, 'storage'>
  readonly leafNeeds: Omit<LeafNeeds, 'sockets'>
}

export const countServices = <BoxId, BoardId, RelayId, MeterId>(
  env: CountBindings<BoxId, BoardId, RelayId, MeterId>,
): CountServices => {
  const config = countConfig(env)
  const { report } = telemetryOfIsolate(env)
  const clock = systemClock
  const held = config.BENCH_COMMIT === 'held'
  const board = (pollId: string) => env.SCOREBOARD.get(env.SCOREBOARD.idFromName(pollId))
  const box = (address: BoxAddress) => env.BALLOT_BOX.get(env.BALLOT_BOX.idFromName(boxName(address)))
  const relay = (address: RelayAddress, region: string | null = null) => {
    const hint = locationHint(region)
    return env.RELAY.get(
      env.RELAY.idFromName(relayName(address)),
      hint === undefined ? {} : { locationHint: hint },
    )
  }
  const push = protectPush(async (child, feed) => {
    const address = childAddress(feed.pollId, child)
    return relay(address).push(address, feed)
  }, clock)
  return {
    feederNeeds: { clock, after, report, push },
    branchNeeds: {
      clock,
      after,
      report,
      push,
      follow: protectFollow(
        async (branch: RelayAddress, viewers: number) =>
          board(branch.pollId).follow(childName(branch), viewers),
        clock,
      ),
    },
    leafNeeds: {
      clock,
      after,
      report,
      encode: encodeMsgpack,
      follow: protectFollow(
        async (leaf: RelayAddress, viewers: number, region: string | null, holds: number) => {
          const { pollId, index } = leaf
          const branch = branchOf(index)
          if (branch === null) return board(pollId).follow(childName(leaf), viewers)
          const above: RelayAddress = { pollId, kind: 'branch', index: branch }
          return relay(above, region).follow(above, childName(leaf), viewers, holds)
        },
        clock,
      ),
    },
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

const after = (delayMs: number, run: () => void) => void setTimeout(run, delayMs)

/** All objects of an isolate tell the Meter together. An object goes on with what it has begun by itself. */
const telemetryOfIsolate = oncePerEnv((env: { readonly METER: MeterNamespace<unknown> }) => {
  const config = countConfig(env)
  return telemetryOf({
    service: 'count',
    meter: env.METER,
    config,
    sinks: [jsonLog('count', config.LOG_LEVEL)],
    clock: systemClock,
    random: systemRandom,
    waitUntil: () => undefined,
    lingers: true,
  })
})

const commitSettings = (bench: string): Partial<BoxSettings> =>
  bench === 'single' || bench === 'held' ? { groupLimit: 1, groupWaitMs: 0 } : {}

/** 200 ballots a second. */
const heldMs = 5
