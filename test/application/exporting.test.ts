// How long an export of a closed poll waits for its archive: ten seconds by the clock, however long each look takes.
import { expect, test } from 'vitest'
import { exportBallots } from '../../src/application/export-ballots.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { aPoll } from '../support/polls.ts'

/** An export of a poll whose boxes are archived at this moment, by looks that take so long. Of an `early` one only the last box is late. */
const exported = async (
  archivedAt: number,
  { lookMs = 0, phase = 'closed' as Poll['phase'], shards = 4, early = false } = {},
) => {
  const clock = { time: 0, now: () => clock.time }
  const poll = aPoll({ id: 'poll_a', workspaceId: 'ws_a', phase, shards })
  let asked = 0
  const exporting = exportBallots({
    pollBook: { find: async () => ({ poll, secret: new Uint8Array(32), revokedInvites: [] }) },
    ballotBoxes: {
      standing: async (box) => {
        asked++
        const late = !early || box.shard === shards - 1
        const archived = !late || clock.time >= archivedAt ? 1 : 0
        clock.time += lookMs / poll.shards
        return { ...box, seq: 1, head: '', archived, ballots: 1 }
      },
    },
    ballotPages: { lines: async () => ({ lines: '{}\n', ballots: 1, next: null }) },
    writeTokens: { written: async () => null },
    pause: async (delayMs) => {
      clock.time += delayMs
    },
    clock,
  })
  const done = await exporting({ pollId: poll.id, workspaceId: 'ws_a' }, new AbortController().signal)
  return { at: clock.time, archived: done.ok ? done.value.archived : done.refusal.reason, asked }
}

test.each([0, 1, 8_500, 9_999, 10_000])('what is archived after %i ms is waited for', async (at) => {
  const { archived, at: answered } = await exported(at)
  expect(archived).toBeGreaterThan(0)
  expect(answered).toBeLessThan(at + 250)
})

test('what is not is refused at ten seconds, not before and not after', async () => {
  expect(await exported(10_001)).toMatchObject({ at: 10_000, archived: 'archive-behind' })
})

test('slow looks do not make it wait longer: the last is the one that was under way', async () => {
  const { at, archived } = await exported(60_000, { lookMs: 900 })
  expect(archived).toBe('archive-behind')
  expect(at).toBeGreaterThanOrEqual(10_000)
  expect(at).toBeLessThan(11_000)
})

test('of an open poll nothing is waited for', async () => {
  expect(await exported(60_000, { phase: 'open' })).toMatchObject({ at: 0, archived: 0 })
})

test('a box that is archived whole is not asked again, unless others may still vote in it', async () => {
  expect((await exported(1_000, { early: true })).asked).toBe(4 + 4)
  expect((await exported(1_000, { early: true, phase: 'closing' })).asked).toBe(4 * 5)
})

test('the largest poll leaves room for its pages among what a request may ask', async () => {
  expect((await exported(60_000, { shards: 256 })).asked).toBeLessThanOrEqual(3 * 256)
})
