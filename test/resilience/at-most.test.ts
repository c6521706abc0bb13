// Several at a time and not all at once: the platform gives one invocation six connections that wait for headers.
import { describe, expect, test } from 'vitest'
import { atMost, connectionsAtOnce } from '../../src/kernel/at-most.ts'
import { settled } from '../support/timeline.ts'

describe('work for each of many', () => {
  test('goes on for six at a time, and answers in their order', async () => {
    const stand = aDesk()
    const answers = atMost(connectionsAtOnce, [...Array(20).keys()], stand.ask)
    await settled()
    expect(stand.open.map(({ item }) => item)).toEqual([0, 1, 2, 3, 4, 5])
    // The last first: whoever is done makes room for the next, wherever it stands.
    while (stand.open.length > 0) {
      stand.open.pop()?.answer()
      await settled()
      expect(stand.open.length).toBeLessThanOrEqual(6)
    }
    expect(await answers).toEqual([...Array(20).keys()].map((item) => `answer ${item}`))
  })

  test('begins nothing more once one has failed', async () => {
    const stand = aDesk()
    const failed = atMost(2, [0, 1, 2, 3], stand.ask).catch((error: unknown) => error)
    await settled()
    stand.open[0]?.fail(new Error('no'))
    stand.open[1]?.answer()
    expect(await failed).toEqual(new Error('no'))
    await settled()
    expect(stand.asked).toBe(2)
  })

  test('of nothing is nothing', async () => {
    expect(await atMost(6, [], async () => 'x')).toEqual([])
  })
})

const aDesk = () => {
  const stand = {
    asked: 0,
    open: [] as { readonly item: number; answer(): void; fail(error: Error): void }[],
    ask: (item: number): Promise<string> =>
      new Promise((resolve, reject) => {
        stand.asked++
        stand.open.push({ item, answer: () => resolve(`answer ${item}`), fail: reject })
      }),
  }
  return stand
}
