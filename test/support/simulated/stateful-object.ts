// One Durable Object as the platform runs it: made when first needed, one alarm, answers held back until what was
// written is durable, and gone at any moment with everything but its durable storage.
import type { Clock } from '../../../src/kernel/clock.ts'
import type { ObjectStorage } from '../../../src/kernel/object-storage.ts'
import { Alarm } from './alarm.ts'
import type { Chance } from './chance.ts'
import type { Chaos } from './chaos.ts'
import { aDisk, type Disk } from './disk.ts'
import type { Fault } from './faults.ts'
import type { Machines } from './machines.ts'
import type { Schedule } from './schedule.ts'

/** What an object has from the platform while it lives. */
export interface Life extends Caller {
  readonly storage: ObjectStorage
  readonly clock: Clock
  after(delayMs: number, run: () => void): void
  /** Ends this object at once; whatever it was doing stops here. */
  abort(why: string): never
  clear(): Promise<void>
}

/** Who calls others: nothing leaves a caller before what it has written is durable, nothing reaches it when it is gone. */
export interface Caller {
  readonly alive: boolean
  departs(leave: () => void): void
}

/** An object that ended while it was asked: nobody knows how far it came. */
export class ObjectGone extends Error {
  override readonly name = 'ObjectGone'
}

interface Terms<Mind> {
  readonly name: string
  readonly schedule: Schedule
  readonly chance: Chance
  readonly chaos: Chaos
  readonly machines: Machines
  readonly make: (life: Life) => Mind
  readonly faults: {
    readonly beforeDurable: Fault
    readonly beforeAnswer: Fault
    readonly alarmFails: Fault
    readonly alarmRepeats: Fault
    readonly diskFull?: Fault
  }
  /** false: a platform (or an object) that answers before the write. */
  readonly holdsAnswers: boolean
  readonly ended?: (how: 'evicted' | 'aborted') => void
  readonly synced?: () => void
  /** Told what was thrown where nobody catches it: by a timer of the object. */
  readonly crashed?: (error: unknown) => void
  /** Told when the platform tries an alarm no more. */
  readonly gaveUp?: () => void
}

interface Living<Mind> {
  alive: boolean
  mind: Mind | null
  /** Callers that are told when the object ends before it has answered. */
  readonly asking: Set<() => void>
  /** What leaves once everything written is durable. */
  leaving: (() => void)[]
  /** Timers that have not come yet. */
  timers: number
}

export class StatefulObject<Mind extends { wake(): Promise<void> }> {
  readonly disk: Disk
  readonly #terms: Terms<Mind>
  readonly #alarm: Alarm
  #life: Living<Mind> | null = null

  constructor(terms: Terms<Mind>) {
    this.#terms = terms
    const { diskFull } = terms.faults
    this.disk = aDisk({
      soiled: () => this.#syncSoon(),
      ...(diskFull !== undefined && { writing: (sql: string) => this.#writing(diskFull, sql) }),
    })
    this.#alarm = new Alarm({
      ...terms,
      disk: this.disk,
      faults: { fails: terms.faults.alarmFails, repeats: terms.faults.alarmRepeats },
      ring: (done) => this.#wake(done),
      kill: () => this.kill(),
      gaveUp: () => terms.gaveUp?.(),
    })
  }

  get living(): boolean {
    return this.#life !== null
  }

  /** How many callers wait for an answer. */
  get asking(): number {
    return this.#life?.asking.size ?? 0
  }

  /** Asks the object, which is made if it is not there. Rejects when it ends before its answer has left. */
  call<Answer>(ask: (mind: Mind) => Promise<Answer>): Promise<Answer> {
    const [life, mind] = this.#living()
    return new Promise((resolve, reject) => {
      const gone = () => reject(new ObjectGone(`${this.#terms.name} ended`))
      life.asking.add(gone)
      const answer = (give: () => void) =>
        this.#departs(life, () => {
          life.asking.delete(gone)
          give()
        })
      ask(mind).then(
        (value) => answer(() => resolve(value)),
        (error: unknown) => answer(() => reject(error)),
      )
    })
  }

  /** Whether it is idle, so that the platform may end it. */
  get evictable(): boolean {
    return this.#life !== null && this.#life.asking.size === 0 && !this.disk.dirty && !this.#alarm.ringing
  }

  /** Whether a timer of it is set, which keeps the platform from putting it to sleep while it holds sockets. */
  get waiting(): boolean {
    return this.#life !== null && this.#life.timers > 0
  }

  /** Ends an idle object, as the platform does. */
  evict(): void {
    if (this.#life === null || !this.evictable) throw new Error(`${this.#terms.name} is not idle`)
    this.#life.alive = false
    this.#life = null
    this.#terms.ended?.('evicted')
  }

  /** Ends the object in the middle of whatever it does. */
  kill(): void {
    const life = this.#life
    if (life === null) return
    life.alive = false
    life.leaving = []
    this.#life = null
    this.disk.rollBack()
    for (const gone of [...life.asking]) gone()
    this.#terms.ended?.('aborted')
    this.#alarm.arm()
  }

  #wake(done: (well: boolean) => void): void {
    const [life, mind] = this.#living()
    const gone = () => done(false)
    life.asking.add(gone)
    const woke = () =>
      this.#departs(life, () => {
        life.asking.delete(gone)
        done(true)
      })
    mind.wake().then(woke, () => {
      if (life.asking.delete(gone)) done(false)
    })
  }

  #living(): [Living<Mind>, Mind] {
    if (this.#life !== null && this.#life.mind !== null) return [this.#life, this.#life.mind]
    const life: Living<Mind> = { alive: true, mind: null, asking: new Set(), leaving: [], timers: 0 }
    this.#life = life
    const mind = this.#terms.make(this.#lifeOf(life))
    life.mind = mind
    return [life, mind]
  }

  #lifeOf(life: Living<Mind>): Life {
    const { storage } = this.disk
    const here = () => {
      if (!life.alive) throw new ObjectGone(`${this.#terms.name} ended`)
      return storage
    }
    return {
      get alive() {
        return life.alive
      },
      departs: (leave) => this.#departs(life, leave),
      clock: this.#terms.machines.any(),
      storage: {
        all: (sql, ...values) => here().all(sql, ...values),
        run: (sql, ...values) => here().run(sql, ...values),
        transaction: (work) => here().transaction(work),
        wakeAt: (time) => here().wakeAt(time),
      },
      after: (delayMs, run) => {
        life.timers++
        this.#terms.schedule.after(delayMs, () => {
          life.timers--
          if (life.alive) this.#run(run)
        })
      },
      abort: (why) => {
        if (life.alive) this.kill()
        throw new ObjectGone(why)
      },
      clear: () =>
        new Promise((resolve) => {
          here()
          this.disk.clear()
          this.#departs(life, resolve)
        }),
    }
  }

  /** Code of an object that has ended does not go on; here it can only be stopped by throwing. */
  #run(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (error instanceof ObjectGone) return
      if (this.#terms.crashed === undefined) throw error
      this.#terms.crashed(error)
    }
  }

  #departs(life: Living<Mind>, leave: () => void): void {
    if (!life.alive) return
    if (this.disk.dirty && this.#terms.holdsAnswers) life.leaving.push(leave)
    else leave()
  }

  #syncSoon(): void {
    const { schedule, chance } = this.#terms
    const delayMs = chance.happens(0.02) ? chance.between(20, 120) : chance.between(0.5, 6)
    const life = this.#life
    schedule.after(delayMs, () => {
      if (life !== null && life === this.#life && life.alive) this.#sync(life)
    })
  }

  #sync(life: Living<Mind>): void {
    const { chaos, faults, synced } = this.#terms
    if (!this.disk.dirty) return
    const met = life.asking.size > 0 || !this.#terms.holdsAnswers // somebody waits, or has been told already
    if (met && chaos.strikes(faults.beforeDurable)) {
      this.kill()
      chaos.fired(faults.beforeDurable)
      return
    }
    this.disk.sync()
    this.#alarm.arm()
    synced?.()
    if (life.leaving.length > 0 && life.asking.size > 0 && chaos.strikes(faults.beforeAnswer)) {
      this.kill()
      chaos.fired(faults.beforeAnswer)
      return
    }
    for (const leave of life.leaving.splice(0)) leave()
  }

  #writing(fault: Fault, sql: string): void {
    const { chaos } = this.#terms
    if (!sql.startsWith('insert into tally') || !chaos.strikes(fault)) return
    chaos.fired(fault)
    throw new Error('the disk is full')
  }
}
