// A replica in trouble costs whoever reads from it a moment and no answer.
import { expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import type { ConditionalDatabase, Database, Statement } from '../../src/archive/database.ts'
import { freshReads } from '../../src/archive/fresh-reads.ts'
import { carryReadAfter } from '../../src/kernel/read-after.ts'

/** Never answers; ends with its signal. */
const hanging: ConditionalDatabase = {
  run: (_statement, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    }),
}
const primary: Database = { run: async <Answer>() => 'the primary' as Answer }
const anything: Statement<string> = async () => ''

const aReader = () => {
  const events: Event[] = []
  const report = (event: Event) => void events.push(event)
  const pair = { name: 'main', primary, replica: hanging }
  const { run } = freshReads(pair, { report, clock: { now: () => 0 }, patienceMs: 1 })
  const asking = () => {
    const asked = new AbortController()
    carryReadAfter(asked.signal, 'main=0/1')
    return asked
  }
  return { events, run, asking }
}

test('one that hangs is passed over in time, and then left alone for a while', async () => {
  const { events, run, asking } = aReader()
  for (let times = 0; times < 2; times++) expect(await run(anything, asking().signal)).toBe('the primary')
  expect(events).toEqual(
    Array.from({ length: 2 }, () => ({ type: 'replica-passed-over', database: 'main', reason: 'away' })),
  )
})

test('whoever waits no more is told so, and the replica is not blamed', async () => {
  const { events, run, asking } = aReader()
  const asked = asking()
  const read = run(anything, asked.signal)
  asked.abort(new Error('gone'))
  await expect(read).rejects.toThrow('gone')
  expect(events).toEqual([])
})
