// The history checker: every invariant of docs/design/counting.md, by its number.
import { chainRecomputes, closedIsClosed, numbersAddUp } from './checks/counted.ts'
import { type Reading, readEvidence } from './checks/reading.ts'
import { nothingRunsBack, repeatsHearTheFirstAnswer, votersReadTheirOwn } from './checks/seen.ts'
import { faultsFired, viewsConverge } from './checks/settled.ts'
import {
  acknowledgedOnce,
  atMostOnce,
  nothingInvented,
  refusedNowhere,
  sameBallots,
  withinQuota,
} from './checks/stored.ts'
import { eventsTellWhatHappened } from './checks/told.ts'
import type { Evidence } from './evidence.ts'

/** What must hold, in the words of the design. */
export const invariants = {
  '0 nothing throws where nobody catches it': ({ alarms }: Reading) =>
    alarms.filter(({ invariant }) => invariant === '0').map(({ what }) => what),
  '1 every acknowledged ballot is in the box, in Postgres and in the export exactly once': acknowledgedOnce,
  '2 a refused ballot is nowhere': refusedNowhere,
  '3 a ballot of unknown outcome is there at most once': atMostOnce,
  '4 no ballot is there that was never sent': nothingInvented,
  '5 no voter has more ballots than allowed': withinQuota,
  '6 tally, Postgres, results and export are what the ballots add up to': (reading: Reading) => [
    ...numbersAddUp(reading),
    ...sameBallots(reading),
  ],
  '7 no log has a gap, and no client sees a version go back': nothingRunsBack,
  '8 voters read their own ballots': votersReadTheirOwn,
  '9 a repeat hears the first answer': repeatsHearTheFirstAnswer,
  '10 nothing lands after the close, and a final result never changes': closedIsClosed,
  '11 webhooks hear what happened, once, and repeats share an id': eventsTellWhatHappened,
  '12 once faults stop, all views converge': viewsConverge,
  '13 the chain recomputes': chainRecomputes,
  '14 every injected fault fired': faultsFired,
} as const satisfies Readonly<Record<string, (reading: Reading) => readonly string[]>>

export type Invariant = keyof typeof invariants

export interface Finding {
  readonly invariant: Invariant
  readonly message: string
}

/** Everything that breaks an invariant, in their order. */
export const checkHistory = (evidence: Evidence): readonly Finding[] => {
  const reading = readEvidence(evidence)
  const named = Object.entries(invariants) as [Invariant, (reading: Reading) => readonly string[]][] // its own keys
  return named.flatMap(([invariant, check]) => check(reading).map((message) => ({ invariant, message })))
}
