// Where and when faults strike: planned from the seed, at the latest on the fourth occasion, until peace is made.
import type { Chance } from './chance.ts'
import { type Fault, faultNames, faultRates } from './faults.ts'
import type { Schedule } from './schedule.ts'

export interface Chaos {
  /** Whether this fault strikes on this occasion. Who asks must do it, and say so with `fired`. */
  strikes(fault: Fault): boolean
  fired(fault: Fault): void
  /** From now on nothing goes wrong any more. */
  makePeace(): void
  readonly peace: boolean
  /** What every planned fault came to. */
  account(): readonly FaultAccount[]
}

export interface FaultAccount {
  readonly fault: Fault
  readonly occasions: number
  readonly injected: number
  readonly fired: number
  /** The occasion on which it strikes for certain. */
  readonly certainAt: number
}

interface Planned extends FaultAccount {
  readonly from: number
  readonly rate: number
  occasions: number
  injected: number
  fired: number
}

interface Terms {
  readonly chance: Chance
  readonly schedule: Pick<Schedule, 'now'>
  /** Faults of this run, each with its probability of taking part. */
  readonly share: number
  /** Faults begin somewhere in this time, so that they meet different stages of a poll's life. */
  readonly spreadMs: number
  /** Faults that take part for certain. */
  readonly certain?: readonly Fault[]
}

export const chaosOf = ({ chance, schedule, share, spreadMs, certain = [] }: Terms): Chaos => {
  const began = schedule.now
  let peace = false
  const planned = new Map<Fault, Planned>()
  for (const fault of faultNames) {
    const drawn = chance.happens(share)
    const rate = faultRates[fault] * chance.between(0.3, 1.7)
    const from = began + chance.between(0, spreadMs)
    const certainAt = 1 + chance.below(4)
    if (!drawn && !certain.includes(fault)) continue
    // What seldom has an occasion must not let the first ones pass.
    const rare = faultRates[fault] >= 0.15
    planned.set(fault, {
      fault,
      occasions: 0,
      injected: 0,
      fired: 0,
      rate,
      from: rare ? began : from,
      certainAt: rare ? 1 + (certainAt % 2) : certainAt,
    })
  }
  return {
    strikes(fault) {
      const plan = planned.get(fault)
      if (peace || plan === undefined || schedule.now < plan.from) return false
      plan.occasions++
      const drawn = chance.happens(plan.rate)
      if (!drawn && plan.occasions !== plan.certainAt) return false
      plan.injected++
      return true
    },
    fired(fault) {
      const plan = planned.get(fault)
      if (plan === undefined) throw new Error(`${fault} fired and was never planned`)
      plan.fired++
    },
    makePeace() {
      peace = true
    },
    get peace() {
      return peace
    },
    account: () => [...planned.values()].map(({ from: _from, rate: _rate, ...account }) => account),
  }
}
