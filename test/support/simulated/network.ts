// Calls between machines: they take time, and either way one may be lost or late. A caller that ended hears nothing.
import type { Chance } from './chance.ts'
import type { Chaos } from './chaos.ts'
import type { Fault } from './faults.ts'
import { plainCopy } from './plain-copy.ts'
import type { Schedule } from './schedule.ts'
import type { Caller } from './stateful-object.ts'

/** What may happen to calls of one kind. */
export interface Route {
  readonly name: string
  readonly requestLost?: Fault
  readonly requestLate?: Fault
  readonly replyLost?: Fault
  readonly replyLate?: Fault
}

/** The connection broke; whether the call got through is unknown. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

export interface Network {
  /** One call: `deliver` runs at the other end. Its answer comes back as a copy, an error as an error. */
  call<Answer>(route: Route, caller: Caller, deliver: () => Promise<Answer>): Promise<Answer>
}

export const networkOf = (schedule: Schedule, chance: Chance, chaos: Chaos): Network => {
  const strikes = (fault: Fault | undefined): boolean => {
    if (fault === undefined || !chaos.strikes(fault)) return false
    chaos.fired(fault)
    return true
  }
  /** Most hops are quick, some are not. */
  const hopMs = () => (chance.happens(0.04) ? chance.between(30, 400) : chance.between(0.3, 12))
  const lateMs = () => chance.between(1_500, 20_000)
  /** How long until a caller notices that nothing will come. */
  const noticeMs = () => (chance.happens(0.2) ? chance.between(2_000, 8_000) : chance.between(5, 500))

  return {
    call: (route, caller, deliver) =>
      new Promise((resolve, reject) => {
        const back = (delayMs: number, give: () => void) =>
          void schedule.after(delayMs, () => {
            if (caller.alive) give()
          })
        const lost = () => back(noticeMs(), () => reject(new ConnectionLost(route.name)))
        const answered = (give: () => void) => {
          if (strikes(route.replyLost)) return lost()
          back(hopMs() + (strikes(route.replyLate) ? lateMs() : 0), give)
        }
        caller.departs(() => {
          if (strikes(route.requestLost)) return lost()
          schedule.after(hopMs() + (strikes(route.requestLate) ? lateMs() : 0), () => {
            deliver().then(
              (answer) => answered(() => resolve(plainCopy(answer))),
              (error: unknown) => answered(() => reject(new Error(String(error)))),
            )
          })
        })
      }),
  }
}
