// A request's end: made when somebody asks for it, and counted from when the request came.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { Deadline } from '../../src/http/deadline.ts'
import { leftMs } from '../../src/kernel/deadline.ts'
import { anApi } from '../support/api.ts'

describe('a deadline', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  test('counts from the beginning, whenever its signal is first asked for', () => {
    const clock = { time: 1_000, now: () => clock.time }
    const deadline = new Deadline(clock)
    clock.time += 4_000
    const { signal } = deadline
    expect(leftMs(signal, clock)).toBe(6_000)
    vi.advanceTimersByTime(5_999)
    expect(signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
    expect(deadline.signal).toBe(signal)
  })

  test('costs no timer where nobody asks, and leaves none behind', () => {
    const clock = { now: () => 1_000 }
    const unasked = new Deadline(clock)
    expect(vi.getTimerCount()).toBe(0)
    unasked.close()
    const asked = new Deadline(clock)
    expect([asked.signal.aborted, vi.getTimerCount()]).toEqual([false, 1])
    asked.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('results at hand are answered without an end of their own', async () => {
  const api = anApi()
  const poll = await api.aPoll()
  await api.vote(poll.id)
  await api.counting.published()
  const app = createApp(api.services)
  const read = () => app.request(`/v1/polls/${poll.id}/results`)
  expect((await read()).headers.get('cache-status')).toContain('fwd=miss')
  const spy = vi.spyOn(globalThis, 'setTimeout')
  const again = await read()
  expect(again.headers.get('cache-status')).toContain('detail=isolate')
  expect(spy).not.toHaveBeenCalled()
  spy.mockRestore()
})
