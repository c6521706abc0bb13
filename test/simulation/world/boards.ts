// Every scoreboard of a world: real boards in objects of the simulated platform, and the way to them.
import type { Feed } from '../../../src/application/live-feed.ts'
import type { BoardLink, BoxLink, TallyReport } from '../../../src/application/ports.ts'
import type { KeyValueStore } from '../../../src/cache/kv-tier.ts'
import { Feeder, type FeederNeeds } from '../../../src/relay/feeder.ts'
import { rememberFinal } from '../../../src/runtime/remember.ts'
import type { Board, BoardNeeds } from '../../../src/scoreboard/board.ts'
import type { BoardNamespace } from '../../../src/scoreboard/client.ts'
import type { ScoreboardRpc } from '../../../src/scoreboard/protocol.ts'
import type { Route } from '../../support/simulated/network.ts'
import { plainCopy } from '../../support/simulated/plain-copy.ts'
import { type Caller, StatefulObject } from '../../support/simulated/stateful-object.ts'
import type { Ground } from './ground.ts'
import { dispatch, remote } from './remote.ts'

export interface Boards {
  namespaceFor(caller: Caller): BoardNamespace<string>
  linkFor(caller: Caller): BoardLink
  /** How a relay asks a poll's board to be told. */
  followFor(caller: Caller, pollId: string): (relay: string, viewers: number) => Promise<Feed | null>
  all(): readonly BoardStand[]
}

export interface BoardStand {
  readonly pollId: string
  readonly object: StatefulObject<Shell>
}

/** The object's shell, as workers/count/scoreboard.ts has it. */
interface Shell {
  readonly board: Board
  wake(): Promise<void>
}

interface Links {
  readonly boxes: (caller: Caller) => BoxLink
  readonly records: (caller: Caller) => BoardNeeds['records']
  readonly kv: (caller: Caller) => KeyValueStore
  readonly push: (caller: Caller) => FeederNeeds['push']
}

export const boardsOf = (ground: Ground, links: Links): Boards => {
  const stands = new Map<string, Watched>()
  const standOf = (pollId: string): Watched => {
    const known = stands.get(pollId)
    if (known !== undefined) return known
    const made = watched(ground, links, pollId)
    stands.set(pollId, made)
    return made
  }
  const stub = (caller: Caller, pollId: string): ScoreboardRpc =>
    remote<ScoreboardRpc>(methods, (method, args) =>
      ground.network.call(routes[method] ?? plainRoute, caller, () =>
        standOf(pollId).ask(method, plainCopy(args)),
      ),
    )
  return {
    namespaceFor: (caller) => ({
      idFromName: (name) => name,
      get: (pollId) => stub(caller, pollId),
    }),
    linkFor: (caller) => ({
      join: (address) => stub(caller, address.pollId).join(address),
      report: (report) => stub(caller, report.pollId).report(report),
    }),
    followFor: (caller, pollId) => (relay, viewers) => stub(caller, pollId).follow(relay, viewers),
    all: () => [...stands.values()],
  }
}

const methods = [
  'create',
  'definition',
  'snapshot',
  'follow',
  'change',
  'close',
  'remove',
  'issueInvites',
  'join',
  'report',
] as const satisfies readonly (keyof ScoreboardRpc)[]

const plainRoute: Route = { name: 'board' }

const routes: { readonly [Method in keyof ScoreboardRpc]?: Route } = {
  join: { name: 'board.join', replyLost: 'join-reply-lost', replyLate: 'join-reply-late' },
  follow: { name: 'board.follow', requestLost: 'follow-request-lost', replyLost: 'follow-reply-lost' },
  report: {
    name: 'board.report',
    requestLost: 'report-request-lost',
    requestLate: 'report-request-late',
    replyLost: 'report-reply-lost',
  },
}

interface Watched extends BoardStand {
  ask(method: keyof ScoreboardRpc, args: readonly unknown[]): Promise<unknown>
}

const watched = (ground: Ground, links: Links, pollId: string): Watched => {
  const { chaos, saw } = ground
  const name = `board of ${pollId}`
  const chance = ground.chance.fork(name)
  const reported = new Map<number, number>()

  const object = new StatefulObject<Shell>({
    ...ground,
    name,
    chance,
    make: (life) => {
      const viewers = new Feeder({ ...life, push: links.push(life), report: ground.report })
      const board = ground.parts.makeBoard({
        storage: life.storage,
        clock: life.clock,
        after: life.after,
        boxes: links.boxes(life),
        records: links.records(life),
        viewers,
        shelf: rememberFinal(links.kv(life), life.clock),
        clear: life.clear,
        report: ground.report,
      })
      return {
        board,
        wake: () => board.wake(),
      }
    },
    holdsAnswers: ground.parts.objectsHoldAnswers,
    faults: {
      beforeDurable: 'board-aborted-before-durable',
      beforeAnswer: 'board-aborted-before-answer',
      alarmFails: 'board-alarm-failed-7-times',
      alarmRepeats: 'board-alarm-came-twice',
    },
    crashed: (error) => ground.alarm('0', `${name} threw in a timer: ${String(error)}`),
    gaveUp: () => ground.saw('alarm given up'),
  })

  return {
    pollId,
    object,
    async ask(method, args) {
      ground.note(() => `${name} ← ${method} ${JSON.stringify(args).slice(0, 160)}`)
      if (method !== 'report') return object.call(({ board }) => dispatch(board, method, args))
      const [report] = args as [TallyReport] // as the stub was called
      const highest = reported.get(report.shard) ?? 0
      if (report.version < highest) saw('report overtaken')
      reported.set(report.shard, Math.max(highest, report.version))
      return object.call(async ({ board }) => {
        const answer = await board.report(report)
        if (report.version > answer.durable && chaos.strikes('board-aborted-between-report-and-publish')) {
          chaos.fired('board-aborted-between-report-and-publish')
          object.kill()
        }
        return answer
      })
    },
  }
}
