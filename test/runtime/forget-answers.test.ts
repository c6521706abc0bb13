// First answers that are a day old go by the hour; a round that fails is told and made up for by the next.
import { expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import { forgetAnswers } from '../../src/runtime/forget-answers.ts'
import { memoryAnswers } from '../support/memory-answers.ts'
import { aTimeline, noon } from '../support/timeline.ts'

const round = (forget: (now: number) => Promise<number>) => {
  const { clock } = aTimeline()
  const events: Event[] = []
  const answers = { ...memoryAnswers(clock), forget }
  return {
    events,
    run: forgetAnswers({ answers: [answers], clock, report: (event) => void events.push(event) }),
  }
}

test('asks for what is over by now', async () => {
  const asked: number[] = []
  const { run, events } = round(async (now) => asked.push(now))
  await run()
  expect([asked, events]).toEqual([[noon], []])
})

test('does not keep the reconciler from its round when Postgres is away', async () => {
  const { run, events } = round(() => Promise.reject(new Error('away')))
  await run()
  expect(events).toMatchObject([{ type: 'unexpected', where: 'forget-answers' }])
})
