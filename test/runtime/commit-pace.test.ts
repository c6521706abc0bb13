// A box of a stated capacity: how far apart its commits are kept, and what that leaves alone.
import { expect, it } from 'vitest'
import { keptApart } from '../../src/runtime/commit-pace.ts'
import { aBox } from '../support/boxes.ts'
import { aTimeline, noon } from '../support/timeline.ts'

it('what is due at once runs so far apart, and what is due later when it is due', async () => {
  const time = aTimeline()
  const after = keptApart(5, time)
  const ran: string[] = []
  const run = (name: string) => () => ran.push(`${name} at ${time.clock.now() - noon}`)
  for (const name of ['a', 'b', 'c']) after(0, run(name))
  after(7, run('later'))
  await time.advance(20)
  after(0, run('d'))
  await time.advance(20)
  expect(ran).toEqual(['a at 0', 'b at 5', 'later at 7', 'c at 10', 'd at 20'])
})

it('a timer that comes late makes none of those after it later', async () => {
  const time = aTimeline()
  const after = keptApart(5, time)
  const ran: number[] = []
  const again = () => {
    ran.push(time.clock.now() - noon)
    time.skewBy(2) // the clock has gone on: this one was late
    if (ran.length < 4) after(0, again)
  }
  after(0, again)
  await time.advance(30)
  expect(ran).toEqual([0, 5, 10, 15])
})

it('a box takes one ballot every five milliseconds, 200 a second', async () => {
  const time = aTimeline()
  const stand = aBox({
    settings: { groupLimit: 1, groupWaitMs: 0 },
    after: (own) => keptApart(5, { after: own, clock: time.clock }),
    time,
  })
  const answered: number[] = []
  for (let voter = 0; voter < 100; voter++)
    void stand.cast(`voter-${voter}`).then(() => answered.push(time.clock.now() - noon))
  await time.advance(1_000)
  expect(answered).toHaveLength(100)
  expect(answered.at(-1)).toBe(495)
})
