// The simulated platform keeps what it promises: durable or gone, at least once, seven times and no more.
import { describe, expect, test } from 'vitest'
import { objectStorageContract } from '../contracts/object-storage.contract.ts'
import { chanceOf } from '../support/simulated/chance.ts'
import { type Chaos, chaosOf } from '../support/simulated/chaos.ts'
import { aDisk } from '../support/simulated/disk.ts'
import type { Fault } from '../support/simulated/faults.ts'
import { queueOf } from '../support/simulated/queue.ts'
import { scheduleFrom } from '../support/simulated/schedule.ts'
import { type Life, ObjectGone, StatefulObject } from '../support/simulated/stateful-object.ts'

objectStorageContract('the simulated disk', async (work) => {
  const disk = aDisk()
  return work({ storage: disk.storage, pendingAlarm: async () => disk.alarm })
})

/** An object that counts: each call writes one more and answers how many there are. */
class Counter {
  readonly #life: Life
  readonly rings: number[] = []

  constructor(life: Life) {
    this.#life = life
    life.storage.run('create table if not exists item (id integer primary key)')
  }

  async add(): Promise<number> {
    this.#life.storage.run('insert into item default values')
    return this.#life.storage.all('select 1 from item').length
  }

  async wake(): Promise<void> {
    this.rings.push(this.#life.clock.now())
  }

  async wakeAt(time: number): Promise<void> {
    this.#life.storage.wakeAt(time)
  }
}

const stand = (faults: readonly Fault[] = []) => {
  const schedule = scheduleFrom(0)
  const chance = chanceOf(1)
  const chaos = certain(schedule, faults)
  const gaveUp: number[] = []
  const object = new StatefulObject<Counter>({
    name: 'a counter',
    schedule,
    chance,
    chaos,
    machines: { any: () => ({ now: () => Math.floor(schedule.now) }), repair: () => undefined },
    make: (life) => new Counter(life),
    holdsAnswers: true,
    faults: {
      beforeDurable: 'box-aborted-before-durable',
      beforeAnswer: 'box-aborted-before-answer',
      alarmFails: 'box-alarm-failed-7-times',
      alarmRepeats: 'box-alarm-came-twice',
    },
    gaveUp: () => gaveUp.push(schedule.now),
  })
  return { schedule, object, chaos, gaveUp }
}

/** Only these faults, and each of them by its fourth occasion. */
const certain = (schedule: { readonly now: number }, faults: readonly Fault[]): Chaos =>
  chaosOf({ chance: chanceOf(2), schedule, share: 0, spreadMs: 0, certain: faults })

describe('an object', () => {
  test('answers when what it wrote is durable, and not before', async () => {
    const { object, schedule } = stand()
    const answers: number[] = []
    void object.call((counter) => counter.add()).then((count) => answers.push(count))
    await schedule.runUntil(0)
    expect([answers, object.disk.dirty]).toEqual([[], true])
    await schedule.runUntil(200)
    expect([answers, object.disk.dirty]).toEqual([[1], false])
  })

  test('that ends before its write is durable has written nothing and answered nobody', async () => {
    const { object, schedule } = stand()
    const answer = object.call((counter) => counter.add())
    const refused = expect(answer).rejects.toThrow(ObjectGone)
    await schedule.runUntil(0)
    object.kill()
    await refused
    const again = object.call((counter) => counter.add())
    await schedule.runUntil(500)
    expect(await again).toBe(1)
  })

  test('that ends between write and answer keeps the write', async () => {
    const { object, schedule, chaos } = stand(['box-aborted-before-answer'])
    let unknown = 0
    for (let calls = 0; calls < 4; calls++) {
      object.call((counter) => counter.add()).catch(() => unknown++)
      await schedule.runUntil(schedule.now + 200)
    }
    expect(unknown).toBe(chaos.account()[0]?.fired)
    expect(unknown).toBeGreaterThan(0)
    chaos.makePeace()
    const last = object.call((counter) => counter.add())
    await schedule.runUntil(schedule.now + 200)
    expect(await last).toBe(5)
  })

  test('is not evicted while it is busy, and remembers nothing but its disk afterwards', async () => {
    const { object, schedule } = stand()
    const answer = object.call((counter) => counter.add())
    expect(object.evictable).toBe(false)
    await schedule.runUntil(200)
    await answer
    object.evict()
    expect(object.living).toBe(false)
    const next = object.call((counter) => counter.add())
    await schedule.runUntil(400)
    expect(await next).toBe(2)
  })
})

describe('an alarm', () => {
  test('wakes an object that nobody else asks for', async () => {
    const { object, schedule } = stand()
    void object.call((counter) => counter.wakeAt(5_000))
    await schedule.runUntil(1_000)
    object.evict()
    await schedule.runUntil(10_000)
    expect(object.living).toBe(true)
  })

  test('that fails is tried seven times and no more', async () => {
    const { object, schedule, gaveUp, chaos } = stand(['box-alarm-failed-7-times'])
    for (let alarms = 0; alarms < 4 && gaveUp.length === 0; alarms++) {
      void object.call((counter) => counter.wakeAt(schedule.now + 100))
      await schedule.runUntil(schedule.now + 60_000)
    }
    expect(gaveUp).toHaveLength(1)
    expect(chaos.account()).toMatchObject([{ injected: 1, fired: 1 }])
    expect(object.disk.alarm).toBe(null)
  })
})

describe('a queue', () => {
  const sent = async (faults: readonly Fault[], consume: (attempts: number) => 'ack' | 'retry' | 'die') => {
    const schedule = scheduleFrom(0)
    const seen: unknown[] = []
    const dead: unknown[] = []
    const queue = queueOf({
      schedule,
      chance: chanceOf(3),
      chaos: certain(schedule, faults),
      maxRetries: 2,
      retryDelayMs: 1_000,
      gatherMs: 100,
      dead: (body) => dead.push(body),
      consume: async (deliveries) => {
        for (const { body, attempts, ack, retry } of deliveries) {
          seen.push(body)
          const what = consume(attempts)
          if (what === 'die') throw new Error('the consumer ended')
          if (what === 'ack') ack()
          else retry({ delaySeconds: 2 })
        }
      },
    })
    for (let at = 0; at < 5; at++) queue.send([at])
    await schedule.runUntil(300_000)
    return { seen, dead, held: queue.held }
  }

  test('delivers each message, whatever its order', async () => {
    const { seen, held } = await sent([], () => 'ack')
    expect([seen.toSorted(), held]).toEqual([[0, 1, 2, 3, 4], 0])
  })

  test('delivers some twice', async () => {
    const { seen } = await sent(['message-duplicated'], () => 'ack')
    expect(new Set(seen).size).toBe(5)
    expect(seen.length).toBeGreaterThan(5)
  })

  test('delivers again what a consumer did not acknowledge before it ended', async () => {
    const { seen, dead } = await sent([], (attempts) => (attempts === 1 ? 'die' : 'ack'))
    expect(new Set(seen).size).toBe(5)
    expect(dead).toEqual([])
  })

  test('gives up a message after its retries, and hands it on', async () => {
    const { seen, dead, held } = await sent([], () => 'retry')
    expect([seen.length, dead.toSorted(), held]).toEqual([15, [0, 1, 2, 3, 4], 0])
  })
})
