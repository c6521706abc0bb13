// An entry of the audit log on its way: hardly waited for, tried again, and never lost in silence.
import { expect, test } from 'vitest'
import type { AuditEntry } from '../../src/application/audit-ports.ts'
import type { Event } from '../../src/application/events.ts'
import { noteAction } from '../../src/application/note-action.ts'

const entry: AuditEntry = {
  id: 'aud_1',
  workspaceId: 'ws_1',
  at: 1,
  actor: 'key_1',
  action: 'poll.close',
  target: 'poll_1',
  requestId: 'req_1',
}

/** Pauses end when a test lets them. */
const stand = (add: (entry: AuditEntry) => Promise<void>) => {
  const events: Event[] = []
  const work: Promise<unknown>[] = []
  const waiting: { readonly delayMs: number; readonly end: () => void }[] = []
  const note = noteAction({
    auditLog: { add },
    report: (event) => void events.push(event),
    pause: (delayMs) => new Promise((end) => waiting.push({ delayMs, end })),
    waitUntil: (each) => void work.push(each),
  })
  const end = async (delayMs: number) => {
    await expect.poll(() => waiting.some((each) => each.delayMs === delayMs)).toBe(true)
    for (const each of waiting) if (each.delayMs === delayMs) each.end()
  }
  return { note, events, end, settled: () => Promise.all(work) }
}

test('is there before the answer, where Postgres is quick', async () => {
  const written: AuditEntry[] = []
  const { note, events } = stand(async (each) => void written.push(each))
  await note(entry)
  expect([written, events]).toEqual([[entry], []])
})

test('does not hold the answer up for longer than a quarter of a second', async () => {
  let write = () => {}
  const { note, end, events, settled } = stand(
    () =>
      new Promise((done) => {
        write = done
      }),
  )
  const noted = note(entry)
  await end(250)
  await noted
  write()
  await settled()
  expect(events).toEqual([])
})

test('is tried three times, and then told as an event that carries it', async () => {
  let tries = 0
  const { note, end, events, settled } = stand(async () => {
    tries++
    throw new Error('away')
  })
  const noted = note(entry)
  await end(250)
  await noted
  await end(1_000)
  await end(5_000)
  await settled()
  expect(tries).toBe(3)
  expect(events).toEqual([{ type: 'audit-failed', entry, error: 'Error: away' }])
})

test('that is written at the second try is not told as lost', async () => {
  let tries = 0
  const { note, end, events, settled } = stand(async () => {
    if (++tries === 1) throw new Error('away')
  })
  const noted = note(entry)
  await end(1_000)
  await noted
  await settled()
  expect([tries, events]).toEqual([2, []])
})
