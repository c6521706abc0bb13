// The way to Postgres: a statement takes time, and its caller may hear an error whatever became of it.
import { ArchiveRejected, ArchiveUnavailable } from '../../../src/archive/archive-error.ts'
import type { Chance } from './chance.ts'
import type { Chaos } from './chaos.ts'
import type { Fault } from './faults.ts'
import type { Schedule } from './schedule.ts'

interface Terms {
  readonly schedule: Schedule
  readonly chance: Chance
  readonly chaos: Chaos
}

/** Runs one statement at some moment, all of it at once. */
export type Statement = <Answer>(signal: AbortSignal, work: () => Answer) => Promise<Answer>

export const connectionTo = ({ schedule, chance, chaos }: Terms): Statement => {
  let downUntil = 0
  const strikes = (fault: Fault) => {
    if (!chaos.strikes(fault)) return false
    chaos.fired(fault)
    return true
  }
  return async (signal, work) => {
    signal.throwIfAborted()
    if (strikes('postgres-down')) downUntil = schedule.now + chance.between(1_000, 15_000)
    if (!chaos.peace && schedule.now < downUntil) {
      await schedule.pause(chance.between(1, 50), signal)
      throw new ArchiveUnavailable('unreachable')
    }
    const slow = strikes('postgres-slow')
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      // The statement goes on when its caller no longer waits.
      schedule.after(slow ? chance.between(600, 30_000) : chance.between(1, 30), () => {
        signal.removeEventListener('abort', stop)
        if (strikes('postgres-deadlocked')) return reject(new ArchiveUnavailable('40P01'))
        try {
          const answer = work()
          if (strikes('postgres-reset-after-commit')) reject(new ArchiveUnavailable('unreachable'))
          else resolve(answer)
        } catch (error) {
          reject(error)
        }
      })
    })
  }
}

/** A ballot that Postgres refuses for its content: a statement that holds it writes nothing at all. */
export const refusals = ({ chance, chaos }: Terms): ((ids: readonly string[]) => void) => {
  let refusedId: string | null = null
  return (ids) => {
    if (chaos.peace) return
    if (refusedId === null && chaos.strikes('postgres-refused-a-ballot')) refusedId = chance.pick(ids)
    if (refusedId === null || !ids.includes(refusedId)) return
    chaos.fired('postgres-refused-a-ballot')
    throw new ArchiveRejected('22P05')
  }
}
