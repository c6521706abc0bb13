// Opening a viewer's socket: what a relay is told of who comes and how many may.
import { expect, test } from 'vitest'
import type { ViewerOrder } from '../../src/application/live-feed.ts'
import { openLive } from '../../src/application/open-live.ts'
import { accept } from '../../src/kernel/result.ts'
import { aPoll } from '../support/polls.ts'

const opening = async (mostViewers?: number): Promise<ViewerOrder | undefined> => {
  const poll = aPoll(mostViewers === undefined ? {} : { mostViewers })
  const how = { from: 'isolate', ageMs: 0, stale: false } as const
  const snapshot = { pollId: poll.id, version: 1, final: false, document: '{}', pairwise: null }
  const asked: ViewerOrder[] = []
  const open = openLive({
    pollViews: { find: async () => ({ value: poll, ...how }), forget: async () => {} },
    results: { snapshot: async () => ({ value: snapshot, ...how }) },
    receipts: { verify: async () => null },
    relays: {
      open: async (viewer) => {
        asked.push(viewer)
        return accept(new Response())
      },
    },
    clock: { now: () => 0 },
  })
  const who = { origin: null, ownOrigin: 'https://edgepoll.example', address: null, region: null, holds: 0 }
  const upgrade = new Request('https://edgepoll.example/')
  const opened = await open(
    { pollId: poll.id, receipt: null, workspaceId: null, ...who, upgrade },
    new AbortController().signal,
  )
  expect(opened.ok).toBe(true)
  return asked[0]
}

test('a poll lets as many watch as the plan gave that it was made under', async () => {
  expect(await opening(1_000)).toMatchObject({ mostViewers: 1_000, judged: 1, holds: 0 })
})

test('a poll from before plans had a say lets as many watch as relays hold', async () => {
  expect(await opening()).toMatchObject({ mostViewers: 10_000_000 })
})
