// One ballot box of a world: a real box in an object of the simulated platform, and what is known of it from outside.
import type { BallotMessage } from '../../../src/application/ballot-message.ts'
import type { BoardLink, BoxAddress } from '../../../src/application/ports.ts'
import type { Box } from '../../../src/ballot-box/box.ts'
import type { BoxNeeds } from '../../../src/ballot-box/needs.ts'
import { type BallotBoxRpc, boxName } from '../../../src/ballot-box/protocol.ts'
import { hasTables } from '../../../src/ballot-box/schema.ts'
import { boxSettings } from '../../../src/ballot-box/settings.ts'
import { type Caller, type Life, StatefulObject } from '../../support/simulated/stateful-object.ts'
import { BoxRaces } from './box-races.ts'
import type { Ground } from './ground.ts'
import { dispatch } from './remote.ts'

export interface BoxStand {
  readonly address: BoxAddress
  readonly object: StatefulObject<Box>
  /** The version of the tally it was frozen with, once that is durable; null: it is not frozen. */
  frozenAt: number | null
  /** Calls a method of the box, as it arrives there. */
  ask(method: keyof BallotBoxRpc, args: readonly unknown[], sentAt: number): Promise<unknown>
}

export interface BoxLinks {
  readonly boards: (caller: Caller) => BoardLink
  readonly send: (caller: Caller, messages: readonly BallotMessage[]) => Promise<void>
  /** Told when a box's durable archive cursor has moved. */
  readonly archived: (stand: BoxStand) => void
}

export const standBox = (ground: Ground, links: BoxLinks, address: BoxAddress): BoxStand => {
  const name = boxName(address)
  const races = new BoxRaces(ground.saw)
  let archived = 0
  /** Frozen in memory, and perhaps undone. */
  let freezing: number | null = null

  const object = new StatefulObject<Box>({
    ...ground,
    name,
    chance: ground.chance.fork(name),
    make: (life) => ground.parts.makeBox(needsOf(ground, links, races, life)),
    holdsAnswers: ground.parts.objectsHoldAnswers,
    faults: {
      beforeDurable: 'box-aborted-before-durable',
      beforeAnswer: 'box-aborted-before-answer',
      alarmFails: 'box-alarm-failed-7-times',
      alarmRepeats: 'box-alarm-came-twice',
      diskFull: 'box-disk-full',
    },
    crashed: (error) => ground.alarm('0', `${name} threw in a timer: ${String(error)}`),
    gaveUp: () => ground.saw('alarm given up'),
    ended: () => {
      races.ended()
      freezing = null
    },
    synced: () => {
      const kept = cursors(object)
      if (kept.archived !== archived) links.archived(stand)
      archived = kept.archived
      if (!kept.frozen || stand.frozenAt !== null) return
      stand.frozenAt = freezing
      races.frozen(ground.schedule.now)
    },
  })

  const stand: BoxStand = {
    address,
    object,
    frozenAt: null,
    ask(method, args, sentAt) {
      ground.note(() => `${name} ← ${method} ${JSON.stringify(args).slice(0, 160)}`)
      const run = () =>
        object.call(async (box) => {
          const answer = await dispatch(box, method, args)
          if (method === 'freeze') freezing ??= (answer as Awaited<ReturnType<Box['freeze']>>).version // its own answer
          return answer
        })
      return races.follow({ method, args, sentAt, run }, () => cursors(object).archived)
    },
  }
  return stand
}

/** As runtime/count-services.ts and the shell give them. */
const needsOf = (ground: Ground, links: BoxLinks, races: BoxRaces, life: Life): BoxNeeds => ({
  storage: life.storage,
  clock: life.clock,
  after: life.after,
  abort: life.abort,
  clear: life.clear,
  report: ground.report,
  settings: boxSettings,
  board: {
    join: (asked) => races.joining(() => links.boards(life).join(asked)),
    report: (report) => links.boards(life).report(report),
  },
  send: (messages) => {
    races.sending(messages)
    return links.send(life, messages)
  },
})

const cursors = ({ disk }: StatefulObject<Box>): { readonly archived: number; readonly frozen: boolean } => {
  if (!hasTables(disk.storage)) return { archived: 0, frozen: false }
  const [box] = disk.storage.all<{ archived: number; frozen: number }>('select archived, frozen from box')
  return { archived: box?.archived ?? 0, frozen: box?.frozen === 1 }
}
