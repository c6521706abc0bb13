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
  for (let at = 0; at < 8; at++) after(0, run(`${at}`))
  after(7, run('later'))
  await time.advance(20)
  const good = ['0 at 0', '1 at 0', '2 at 0', '3 at 0', '4 at 0'] // nothing ran before: that is made good
  expect(ran).toEqual([...good, '5 at 5', 'later at 7', '6 at 10', '7 at 15'])
})

it('what a late timer cost is made good, and no more', async () => {
  const time = aTimeline()
  const after = keptApart(5, time)
  let ran = 0
  const again = () => {
    ran += 1
    after(0, again)
  }
  after(0, again)
  await time.advance(1_000)
  time.skewBy(12) // a timer was late by so much
  await time.advance(988)
  expect(ran).toBe(2_000 / 5 + 5)
  time.skewBy(1_000) // for a second nothing ran at all
  await time.advance(1_000)
  expect(ran).toBeLessThan(3_000 / 5 + 15)
})

it('a box takes one ballot every five milliseconds, 200 a second', async () => {
  const time = aTimeline()
  const stand = aBox({
    settings: { groupLimit: 1, groupWaitMs: 0 },
    after: (own) => keptApart(5, { after: own, clock: time.clock }),
    time,
  })
  let answered = 0
  /** Each votes as soon as the last one's ballot is in, so that always somebody waits and never many. */
  const lane = async (name: string): Promise<void> => {
    const reply = await stand.cast(`${name}-${answered}`)
    expect(reply.ok).toBe(true)
    answered += 1
    return lane(name)
  }
  for (const name of ['a', 'b', 'c', 'd']) void lane(name)
  await time.advance(1_000)
  expect(answered).toBeGreaterThanOrEqual(200)
  expect(answered).toBeLessThanOrEqual(205)
})
