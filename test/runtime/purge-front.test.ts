// A cache in front of the edge hears of what changes a poll, and a cache that does not listen harms nobody.
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/application/events.ts'
import type { Scoreboards } from '../../src/application/ports.ts'
import { accept } from '../../src/kernel/result.ts'
import { type FrontCache, purgeFront } from '../../src/runtime/purge-front.ts'
import { localCounting } from '../support/local-counting.ts'
import { aDefinition } from '../support/polls.ts'

const signal = new AbortController().signal
const definition = aDefinition()
const { id } = definition.poll

const aFront = async (answer: () => ReturnType<NonNullable<FrontCache['purge']>>) => {
  const purged: string[][] = []
  const events: Event[] = []
  const behind: Promise<unknown>[] = []
  const { boards } = localCounting()
  const front: FrontCache = {
    purge: ({ tags }) => {
      purged.push(tags)
      return answer()
    },
  }
  const needs = {
    waitUntil: (work: Promise<unknown>) => void behind.push(work),
    report: (event: Event) => void events.push(event),
  }
  const owned = purgeFront(boards, { front, ...needs })
  await owned.create(definition, 'order', signal)
  return { boards, owned, purged, events, needs, settled: () => Promise.all(behind) }
}

const done = async () => ({ success: true, errors: [] })

describe('the cache in front of the edge', () => {
  test('is purged of a poll that is changed, closed or deleted, and of none that is made', async () => {
    const { owned, purged, settled } = await aFront(done)
    const seen: number[] = []
    const steps: ((boards: Scoreboards) => Promise<unknown>)[] = [
      (boards) => boards.change(id, { kind: 'archive' }, signal),
      (boards) => boards.close(id, signal),
      (boards) => boards.remove(id, signal),
    ]
    for (const step of steps) {
      seen.push(purged.length)
      await step(owned)
      await settled()
    }
    expect(seen).toEqual([0, 1, 2])
    expect(purged).toEqual([[id], [id], [id]])
  })

  test('is purged of what may have changed although the answer was lost', async () => {
    const { boards, purged, needs, settled } = await aFront(done)
    const lost = { ...boards, change: () => Promise.reject(new Error('lost')) }
    const front = {
      purge: ({ tags }: { tags: string[] }) => {
        purged.push(tags)
        return done()
      },
    }
    const owned = purgeFront(lost, { front, ...needs })
    await expect(owned.change(id, { kind: 'archive' }, signal)).rejects.toThrow('lost')
    await settled()
    expect(purged).toEqual([[id]])
  })

  test.each([
    ['refuses', async () => ({ success: false, errors: [{ message: 'five a minute' }] })],
    ['fails', () => Promise.reject(new Error('five a minute'))],
  ])('that %s is reported, and the change stands', async (_what, answer) => {
    const { owned, events, settled } = await aFront(answer)
    expect(await owned.change(id, { kind: 'archive' }, signal)).toEqual(
      accept(expect.objectContaining({ archived: true })),
    )
    await settled()
    expect(events).toEqual([
      { type: 'purge-failed', pollId: id, error: expect.stringContaining('five a minute') },
    ])
  })

  test('is left alone where the platform has none', async () => {
    const { boards, events, needs, settled } = await aFront(done)
    await purgeFront(boards, { front: {}, ...needs }).change(id, { kind: 'archive' }, signal)
    await settled()
    expect(events).toEqual([])
  })
})
