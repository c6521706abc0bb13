// The machines that objects and edges run on: each with a clock that is a little wrong and may be set back.
import type { Clock } from '../../../src/kernel/clock.ts'
import type { Chance } from './chance.ts'
import type { Chaos } from './chaos.ts'
import type { Schedule } from './schedule.ts'

export interface Machines {
  /** Some machine's clock; an object that starts again may find another. */
  any(): Clock
  /** Every clock is right from now on, which sets some back. */
  repair(): void
}

export const machinesOf = (count: number, schedule: Schedule, chance: Chance, chaos: Chaos): Machines => {
  const skews = Array.from({ length: count }, () => chance.between(-20, 20))
  let repaired = false
  const clocks = skews.map(
    (_skew, at): Clock => ({
      now: () => {
        if (repaired) return Math.floor(schedule.now)
        if (chaos.strikes('clock-skewed')) {
          skews[at] = chance.between(-1, 1) * 10 ** chance.between(2, 5)
          chaos.fired('clock-skewed')
        }
        if (chaos.strikes('clock-jumped-back')) {
          skews[at] = (skews[at] ?? 0) - 10 ** chance.between(1, 4.5)
          chaos.fired('clock-jumped-back')
        }
        return Math.floor(schedule.now + (skews[at] ?? 0))
      },
    }),
  )
  return {
    any: () => chance.pick(clocks),
    repair() {
      repaired = true
    },
  }
}
