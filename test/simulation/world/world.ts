// A whole system in one process and in virtual time: edges, boxes, boards, queue, archive, as the platform joins them.
import type { Event } from '../../../src/application/events.ts'
import { chanceOf } from '../../support/simulated/chance.ts'
import { type Chaos, chaosOf } from '../../support/simulated/chaos.ts'
import type { Fault } from '../../support/simulated/faults.ts'
import { machinesOf } from '../../support/simulated/machines.ts'
import { keyValuesOf } from '../../support/simulated/memories.ts'
import { networkOf } from '../../support/simulated/network.ts'
import { type Schedule, scheduleFrom } from '../../support/simulated/schedule.ts'
import { type Archive, archiveOf } from './archive.ts'
import { type Boards, boardsOf } from './boards.ts'
import { type Boxes, boxesOf } from './boxes.ts'
import { cursorWatch } from './cursor-watch.ts'
import { type Edges, edgesOf } from './edges.ts'
import { type Ground, type Parts, soundParts } from './ground.ts'
import type { Race } from './races.ts'
import { type Relays, relaysOf } from './relays.ts'

export interface World extends Ground {
  readonly boxes: Boxes
  readonly boards: Boards
  readonly relays: Relays
  readonly archive: Archive
  readonly edges: Edges
  /** How often each race was seen. */
  readonly racesSeen: ReadonlyMap<Race, number>
  /** What must never be seen and was. */
  readonly alarms: readonly { readonly invariant: string; readonly what: string }[]
  /** Ends all faults: what is broken is mended, what is late still comes. */
  makePeace(): void
  close(): void
}

export interface WorldTerms {
  readonly seed: number
  readonly faultShare: number
  readonly certainFaults?: readonly Fault[]
  readonly parts?: Partial<Parts>
  readonly trace?: (time: number, line: string) => void
}

export const worldBegan = Date.UTC(2026, 10, 24, 12)

export const aWorld = ({ seed, faultShare, certainFaults = [], parts, trace }: WorldTerms): World => {
  const chance = chanceOf(`world ${seed}`)
  const schedule: Schedule = scheduleFrom(worldBegan)
  const quiet: Chaos = chaosOf({
    chance: chance.fork('chaos'),
    schedule,
    share: faultShare,
    spreadMs: 20_000,
    certain: certainFaults,
  })
  const chaos: Chaos =
    trace === undefined
      ? quiet
      : {
          ...quiet,
          get peace() {
            return quiet.peace
          },
          fired(fault) {
            trace(schedule.now, `fault: ${fault}`)
            quiet.fired(fault)
          },
        }
  const machines = machinesOf(5, schedule, chance.fork('machines'), chaos)
  const racesSeen = new Map<Race, number>()
  const alarms: { invariant: string; what: string }[] = []

  const ground: Ground = {
    schedule,
    chance,
    chaos,
    machines,
    network: networkOf(schedule, chance.fork('network'), chaos),
    parts: { ...soundParts, ...parts },
    saw(race) {
      racesSeen.set(race, (racesSeen.get(race) ?? 0) + 1)
      trace?.(schedule.now, `race: ${race}`)
    },
    report(event: Event) {
      if (event.type === 'group-committed' && event.ballots > 1) ground.saw('many ballots in one commit')
      trace?.(schedule.now, JSON.stringify(event))
    },
    note(line) {
      trace?.(schedule.now, line())
    },
    alarm(invariant, what) {
      alarms.push({ invariant, what })
      trace?.(schedule.now, `ALARM: ${what}`)
    },
  }

  const kv = keyValuesOf(schedule, chance.fork('kv'), chaos)
  // Each part finds the others when it is asked, never while it is made.
  const boxes: Boxes = boxesOf(ground, {
    boards: (caller) => boards.linkFor(caller),
    send: (caller, messages) => archive.send(caller, messages),
    archived: cursorWatch(ground, () => archive.tables),
  })
  const boards: Boards = boardsOf(ground, {
    boxes: (caller) => boxes.linkFor(caller),
    records: (caller) => archive.records(caller),
    kv,
    push: (caller) => relays.pushFor(caller),
  })
  const relays: Relays = relaysOf(ground, { follow: (caller, pollId) => boards.followFor(caller, pollId) })
  const archive: Archive = archiveOf(ground, {
    boxes: (caller) => boxes.namespaceFor(caller),
    boards: (caller) => boards.namespaceFor(caller),
  })
  const edges = edgesOf(ground, {
    boxes: (caller) => boxes.namespaceFor(caller),
    boards: (caller) => boards.namespaceFor(caller),
    ballotReader: archive.ballotReader,
    kv,
  })

  return {
    ...ground,
    boxes,
    boards,
    relays,
    archive,
    edges,
    racesSeen,
    alarms,
    makePeace() {
      chaos.makePeace()
      machines.repair()
    },
    close() {
      for (const { object } of [...boxes.all(), ...boards.all(), ...relays.all()]) {
        object.kill()
        object.disk.close()
      }
    },
  }
}
