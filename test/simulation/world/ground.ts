// What every part of a world stands on: time, chance, faults, the network, and what is noticed on the way.
import type { Event } from '../../../src/application/events.ts'
import type { BallotRecords } from '../../../src/application/ports.ts'
import { Box } from '../../../src/ballot-box/box.ts'
import type { BoxNeeds } from '../../../src/ballot-box/needs.ts'
import { Board, type BoardNeeds } from '../../../src/scoreboard/board.ts'
import type { Chance } from '../../support/simulated/chance.ts'
import type { Chaos } from '../../support/simulated/chaos.ts'
import type { Machines } from '../../support/simulated/machines.ts'
import type { Network } from '../../support/simulated/network.ts'
import type { Tables } from '../../support/simulated/postgres.ts'
import type { Schedule } from '../../support/simulated/schedule.ts'
import type { Race } from './races.ts'

export interface Ground {
  readonly schedule: Schedule
  readonly chance: Chance
  readonly chaos: Chaos
  readonly machines: Machines
  readonly network: Network
  readonly parts: Parts
  saw(race: Race): void
  /** What the system says of itself. */
  report(event: Event): void
  /** A line for whoever follows one run. */
  note(line: () => string): void
  /** Something that must never be seen, seen while the world ran: a finding of the invariant it breaks. */
  alarm(invariant: string, what: string): void
}

/** The real parts; a planted defect replaces one. */
export interface Parts {
  makeBox(needs: BoxNeeds): Box
  makeBoard(needs: BoardNeeds): Board
  ballotRecords(records: BallotRecords, tables: Tables): BallotRecords
  /** Whether answers wait until what they tell of is durable. */
  readonly objectsHoldAnswers: boolean
}

export const soundParts: Parts = {
  makeBox: (needs) => new Box(needs),
  makeBoard: (needs) => new Board(needs),
  ballotRecords: (records) => records,
  objectsHoldAnswers: true,
}
