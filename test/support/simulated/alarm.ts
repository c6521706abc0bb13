// The one alarm of an object: it comes at least once, is tried again six times, and is then given up.
import type { Chance } from './chance.ts'
import type { Chaos } from './chaos.ts'
import type { Disk } from './disk.ts'
import type { Fault } from './faults.ts'
import type { Schedule, Timer } from './schedule.ts'

interface Terms {
  readonly disk: Pick<Disk, 'alarm' | 'takeAlarm'>
  readonly schedule: Schedule
  readonly chance: Chance
  readonly chaos: Chaos
  readonly faults: { readonly fails: Fault; readonly repeats: Fault }
  /** Wakes the object; `done` is told once, when its writes are durable, or that it ended badly. */
  readonly ring: (done: (well: boolean) => void) => void
  /** Ends the object, as a failing alarm does. */
  readonly kill: () => void
  readonly gaveUp: () => void
}

/** The platform's pauses begin with 2 s; ours are shorter and as many. */
const retries = 6
const firstPauseMs = 250

export class Alarm {
  readonly #terms: Terms
  #timer: Timer | null = null
  #ringing = false
  /** How often it still has to fail. */
  #failures = 0

  constructor(terms: Terms) {
    this.#terms = terms
  }

  get ringing(): boolean {
    return this.#ringing
  }

  /** Called whenever the disk is clean and its alarm may have changed. */
  arm(): void {
    const { disk, schedule, chance } = this.#terms
    // What rings is set anew when it is done, and what fails is tried again in its own time.
    if (disk.alarm === null || this.#ringing || this.#failures > 0) return
    this.#timer?.cancel()
    // One that is late takes a moment too: whose clock is behind sets it into the past again and again.
    const dueMs = Math.max(0, disk.alarm - schedule.now)
    this.#timer = schedule.after(dueMs + chance.between(0, 25), () => this.#due(0))
  }

  #due(attempt: number): void {
    const { disk, chaos, faults, kill } = this.#terms
    this.#timer = null
    disk.takeAlarm()
    if (attempt === 0 && this.#failures === 0 && chaos.strikes(faults.fails)) this.#failures = retries + 1
    if (this.#failures === 0) {
      this.#ring(attempt)
      return
    }
    this.#ringing = true
    kill()
    if (--this.#failures === 0) chaos.fired(faults.fails)
    this.#failed(attempt)
  }

  #ring(attempt: number): void {
    this.#ringing = true
    this.#terms.ring((well) => {
      if (!well) return this.#failed(attempt)
      this.#ringing = false
      this.arm()
      this.#perhapsAgain()
    })
  }

  /** A newer alarm takes the place of one that failed. */
  #failed(attempt: number): void {
    const { disk, schedule, gaveUp } = this.#terms
    this.#ringing = false
    if (disk.alarm !== null && this.#failures === 0) this.arm()
    else if (attempt < retries) {
      this.#timer?.cancel()
      this.#timer = schedule.after(firstPauseMs * 2 ** attempt, () => this.#due(attempt + 1))
    } else gaveUp()
  }

  /** At least once may be twice: the object is woken though nothing is due. */
  #perhapsAgain(): void {
    const { schedule, chance, chaos, faults } = this.#terms
    if (!chaos.strikes(faults.repeats)) return
    schedule.after(chance.between(1, 300), () => {
      chaos.fired(faults.repeats)
      if (!this.#ringing && this.#failures === 0) this.#ring(0)
    })
  }
}
