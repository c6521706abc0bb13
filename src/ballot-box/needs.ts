// What a box is given: its storage, its clock, its neighbours.
import type { BallotMessage } from '../application/ballot-message.ts'
import type { Report } from '../application/events.ts'
import type { BoardLink } from '../application/ports.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ObjectStorage } from '../kernel/object-storage.ts'
import type { BoxSettings } from './settings.ts'

export interface BoxNeeds {
  readonly storage: ObjectStorage
  readonly clock: Clock
  /** Runs something later; 0 is "after what is already waiting", never a microtask. */
  readonly after: (delayMs: number, run: () => void) => void
  readonly board: BoardLink
  readonly send: (messages: readonly BallotMessage[]) => Promise<void>
  /** Ends this object; the platform makes a new one from storage. */
  readonly abort: (why: string) => void
  /** Deletes everything stored, alarms included. */
  readonly clear: () => Promise<void>
  readonly report: Report
  readonly settings: BoxSettings
}
