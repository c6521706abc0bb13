// How a box tells its board the whole tally: never two at once, never in a hurry, and always the newest in the end.
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import { Reporter } from '../../src/ballot-box/reporter.ts'
import { emptyTally } from '../../src/domain/tally/tally.ts'
import { aPoll } from '../support/polls.ts'
import { aTimeline, settled } from '../support/timeline.ts'

describe('telling', () => {
  test('goes out at once', () => {
    const stand = aReporter()
    stand.commit(1)
    expect(stand.told()).toEqual([1])
  })

  test('has one report under way at a time: the newest follows it', async () => {
    const stand = aReporter()
    stand.commit(1)
    stand.commit(2)
    stand.commit(3)
    await stand.time.advance(1_000)
    expect(stand.told()).toEqual([1])
    stand.answer(0)
    await stand.time.advance(100)
    expect(stand.told()).toEqual([1, 3])
  })

  test('leaves at least 100 ms after an answer', async () => {
    const stand = aReporter()
    stand.commit(1)
    stand.answer(0)
    await settled()
    stand.commit(2)
    await stand.time.advance(99)
    expect(stand.told()).toEqual([1])
    await stand.time.advance(1)
    expect(stand.told()).toEqual([1, 2])
  })

  test('says nothing twice by itself', async () => {
    const stand = aReporter()
    stand.commit(1)
    stand.answer(0)
    await stand.time.advance(1_000)
    expect(stand.told()).toEqual([1])
  })

  test('that failed is reported, and left to the next commit or the alarm', async () => {
    const stand = aReporter()
    stand.commit(1)
    stand.fail(0)
    await stand.time.advance(10_000)
    expect(stand.told()).toEqual([1])
    expect(stand.events).toEqual([
      { type: 'report-failed', pollId: 'poll_x', shard: 2, error: 'Error: the board is away' },
    ])
    stand.commit(2)
    expect(stand.told()).toEqual([1, 2])
  })

  test('says which shard it is and the whole tally at its version', () => {
    const stand = aReporter()
    stand.commit(7)
    expect(stand.reports[0]).toEqual({
      pollId: 'poll_x',
      shard: 2,
      version: 7,
      tally: emptyTally(aPoll().questions),
    })
  })
})

describe('being settled', () => {
  test('means that the board has made the current version durable', async () => {
    const stand = aReporter()
    expect(stand.reporter.settled).toBe(true)
    stand.commit(2)
    expect(stand.reporter.settled).toBe(false)
    stand.answer(0, 1)
    await settled()
    expect(stand.reporter.settled).toBe(false)
    const settling = stand.reporter.settle()
    stand.answer(1, 2)
    await settling
    expect(stand.reporter.settled).toBe(true)
  })

  test('asks nothing of the board', async () => {
    const stand = aReporter()
    stand.commit(1)
    stand.answer(0, 1)
    await settled()
    await stand.reporter.settle()
    expect(stand.told()).toEqual([1])
  })

  test('is never undone by an older answer that comes late', async () => {
    const stand = aReporter()
    stand.commit(1)
    const settling = stand.reporter.settle()
    stand.answer(1, 1)
    await settling
    stand.answer(0, 0)
    await settled()
    expect(stand.reporter.settled).toBe(true)
  })

  test('is thrown on when the board cannot be asked: the alarm knows what to do', async () => {
    const stand = aReporter()
    stand.commit(1)
    stand.answer(0)
    await settled()
    const settling = stand.reporter.settle()
    stand.fail(1)
    await expect(settling).rejects.toThrow('the board is away')
  })
})

describe('the end', () => {
  test('is passed on when the board says that the result is final, and not before', async () => {
    const stand = aReporter()
    stand.commit(1)
    stand.answer(0, 1)
    await settled()
    expect(stand.finals).toEqual([])
    stand.commit(2)
    await stand.time.advance(100)
    stand.answer(1, 2, true)
    await settled()
    expect(stand.finals).toEqual([2])
  })
})

interface Answer {
  readonly durable: number
  readonly final: boolean
}

const aReporter = () => {
  const time = aTimeline()
  const events: Event[] = []
  const waiting: PromiseWithResolvers<Answer>[] = []
  const finals: number[] = []
  const reports: { version: number }[] = []
  let version = 0
  const reporter = new Reporter({
    pollId: 'poll_x',
    shard: 2,
    current: () => ({ version, tally: emptyTally(aPoll().questions) }),
    send: (report) => {
      reports.push(report)
      const answer = Promise.withResolvers<Answer>()
      waiting.push(answer)
      return answer.promise
    },
    after: time.after,
    report: (event) => events.push(event),
    onFinal: () => finals.push(version),
  })
  return {
    reporter,
    finals,
    time,
    events,
    reports,
    told: () => reports.map((report) => report.version),
    commit(to: number) {
      version = to
      reporter.tell()
    },
    answer: (at: number, durable = 0, final = false) => waiting[at]?.resolve({ durable, final }),
    fail: (at: number) => waiting[at]?.reject(new Error('the board is away')),
  }
}
