// What rows that count instead of timing go by: bills, prices, sizes, and when a server has come to rest.
import { describe, expect, it } from 'vitest'
import { type Bill, billBetween, createMeter, requestsOf } from '../../bench/drivers/metered/meter.ts'
import { dollarsOf, perMillion, prices, totalOf, type Usage } from '../../bench/measure/prices.ts'
import { untilStill } from '../../bench/measure/until-still.ts'
import { activeMs, partOf, partsOf } from '../../bench/measure/worker-size.ts'
import { rows } from '../../bench/rows/index.ts'

const nothing: Usage = {
  workersRequest: 0,
  workersCpuMs: 0,
  objectRequest: 0,
  objectGbSecond: 0,
  rowRead: 0,
  rowWritten: 0,
  queueOperation: 0,
  redisCommand: 0,
}

describe('prices', () => {
  it('make the naive path of docs/design (platform) cost what it says there', () => {
    const naive = { workersRequest: 1, workersCpuMs: 2.5, objectRequest: 1, rowWritten: 4, queueOperation: 3 }
    const usage = { ...nothing, ...naive, redisCommand: 5 }
    expect(totalOf(dollarsOf(perMillion(usage, 1)))).toBeCloseTo(15.7, 2)
  })

  it('are of each a number above zero, and of nothing nothing', () => {
    expect(Object.values(prices).every((price) => price > 0)).toBe(true)
    expect(totalOf(dollarsOf(nothing))).toBe(0)
  })

  it('scale to a million', () => {
    expect(perMillion({ ...nothing, rowWritten: 10_900 }, 10_000).rowWritten).toBe(1_090_000)
  })
})

describe('the meter', () => {
  const cursor = { rowsRead: 2, rowsWritten: 1 }
  const aStorage = () => {
    const storage = { sql: { exec: () => cursor }, setAlarm: async () => undefined }
    return storage as unknown as DurableObjectStorage // what the meter touches of it
  }

  it('adds up rows, commits and alarms of all storages it watches', () => {
    const meter = createMeter()
    const [one, other] = [aStorage(), aStorage()]
    meter.watchStorage(one)
    meter.watchStorage(other)
    one.sql.exec('insert into log (first) values (1)')
    other.sql.exec('select 1')
    void one.setAlarm(5)
    expect(meter.bill()).toMatchObject({ rowsRead: 4, rowsWritten: 2, commits: 1, alarmsSet: 1 })
    expect(meter.bill()).toMatchObject({ rowsRead: 4, rowsWritten: 2 })
  })

  it('counts a statement’s rows when it is done, not when it begins', () => {
    const meter = createMeter()
    const storage = aStorage()
    const growing = { rowsRead: 0, rowsWritten: 0 }
    storage.sql.exec = (() => growing) as unknown as typeof storage.sql.exec // read to its end later
    meter.watchStorage(storage)
    storage.sql.exec('select * from ballot')
    growing.rowsRead = 50
    expect(meter.bill().rowsRead).toBe(50)
  })

  it('counts the calls of a class’s own methods by name, and lets them do what they do', () => {
    class Deployed {
      greet(name: string) {
        return `hello ${name}`
      }
    }
    class Metered extends Deployed {
      more() {
        return super.greet('inside')
      }
    }
    const meter = createMeter()
    meter.watchRequests(Metered.prototype, Deployed.prototype, 'Greeter')
    expect(new Metered().greet('you')).toBe('hello you')
    expect(new Metered().more()).toBe('hello inside')
    expect(meter.bill().requests).toEqual({ 'Greeter.greet': 1 })
  })

  it('counts a message by chunks of 64 KB, as a queue bills it', async () => {
    const meter = createMeter()
    const sent: unknown[] = []
    const queue = { sendBatch: async (batch: unknown) => void sent.push(batch) } as unknown as Queue // one method is used
    await meter.watchQueue(queue).sendBatch([{ body: 'a' }, { body: 'b'.repeat(70_000) }])
    expect(meter.bill()).toMatchObject({ messages: 2, messageChunks: 3 })
    expect(sent).toHaveLength(1)
  })

  it('tells what came between two bills', () => {
    const before = { ...emptyBill, rowsWritten: 5, requests: { cast: 2, join: 1 } }
    const after = { ...emptyBill, rowsWritten: 9, requests: { cast: 7, join: 1, report: 3 } }
    const between = billBetween(before, after)
    expect(between).toMatchObject({ rowsWritten: 4, requests: { cast: 5, report: 3 } })
    expect(requestsOf(between)).toBe(8)
  })
})

const emptyBill: Bill = {
  rowsRead: 0,
  rowsWritten: 0,
  alarmsSet: 0,
  commits: 0,
  requests: {},
  messages: 0,
  messageChunks: 0,
}

describe('what a bundle is made of', () => {
  it('is named by package, or by room', () => {
    expect(partOf('node_modules/zod/v4/core/schemas.js')).toBe('zod')
    expect(partOf('node_modules/@neondatabase/serverless/index.mjs')).toBe('@neondatabase/serverless')
    expect(partOf('node_modules/a/node_modules/b/index.js')).toBe('b')
    expect(partOf('src/http/routes/results.ts')).toBe('src/http')
  })

  it('is summed whatever folder the paths start from, largest first, without what is gone', () => {
    const inputs = {
      '../../src/domain/a.ts': { bytesInOutput: 2 },
      '../../src/domain/b.ts': { bytesInOutput: 3 },
      '../../node_modules/zod/index.js': { bytesInOutput: 9 },
      'index.ts': { bytesInOutput: 1 },
      '../../src/kernel/types.ts': { bytesInOutput: 0 },
    }
    const parts = partsOf({ outputs: { 'index.js': { inputs } } }, 'workers/count')
    expect(Object.entries(parts)).toEqual([
      ['zod', 9],
      ['src/domain', 5],
      ['workers/count', 1],
    ])
  })

  it('takes its time to start, of which idling is no part', () => {
    const nodes = ['(idle)', 'load'].map((functionName, id) => ({ id, callFrame: { functionName } }))
    expect(activeMs({ nodes, samples: [0, 1, 0, 1], timeDeltas: [1000, 2000, 4000, 8000] })).toBe(10)
  })
})

describe('coming to rest', () => {
  it('answers the reading that stays', async () => {
    const readings = [1, 2, 3, 3, 3, 3, 3, 3]
    let at = 0
    const read = async () => readings[Math.min(at++, readings.length - 1)]
    expect(await untilStill(read, { stillMs: 20, timeoutMs: 5_000 })).toBe(3)
  })

  it('gives up on what never rests', async () => {
    let now = 0
    await expect(untilStill(async () => now++, { stillMs: 20, timeoutMs: 100 })).rejects.toThrow(
      /come to rest/,
    )
  })
})

describe('the rows', () => {
  it('have ids that the command line finds whatever the case, each once', () => {
    const ids = rows.map(({ id }) => id)
    expect(ids).toEqual(ids.map((id) => id.toUpperCase()))
    expect(new Set(ids).size).toBe(ids.length)
  })
})
