// A reader who stays, while what is read comes, fails, takes too long, or is wrong.
import { describe, expect, test } from 'vitest'
import { followResults } from '../../src/application/follow-results.ts'
import type { ResultsRead } from '../../src/application/read-results.ts'
import { accept } from '../../src/kernel/result.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { aTimeline } from '../support/timeline.ts'

const read = (version: number, final = false): ResultsRead => ({
  snapshot: { pollId: 'poll_a', version, final, document: '{}', pairwise: null },
  open: true,
  from: 'isolate',
  ageMs: 0,
  stale: false,
})

/** The versions that a reader is given, where each look ends so; the last look finds the final result. */
const followed = async (looks: readonly (number | Error)[]): Promise<(number | undefined)[]> => {
  const time = aTimeline()
  const left = [...looks]
  const last = looks.length + 1
  const follow = followResults({
    readResults: async () => {
      const look = left.shift()
      if (look instanceof Error) throw look
      return accept(look === undefined ? read(last, true) : read(look))
    },
    pause: (delayMs) => time.advance(delayMs),
    clock: time.clock,
  })
  const order = { pollId: 'poll_a', receipt: null, workspaceId: null, since: -1, lifeMs: 60_000 }
  const versions: (number | undefined)[] = []
  for await (const given of follow(order, new AbortController().signal)) versions.push(given?.version)
  return versions
}

describe('a reader who stays', () => {
  test('is given each version once, and never one that is older', async () => {
    expect(await followed([0, 0, 2, 1, 2, 3])).toEqual([0, 2, 3, 7])
  })

  test.each([
    ['cannot be asked', new Unavailable('the scoreboard')],
    ['takes too long', new DOMException('it took too long', 'TimeoutError')],
  ])('is kept while what is read %s', async (_what, error) => {
    expect(await followed([0, error, error, 1])).toEqual([0, 1, 5])
  })

  test('is not kept from hearing of a bug', async () => {
    await expect(followed([0, new TypeError('a bug')])).rejects.toThrow('a bug')
  })
})
