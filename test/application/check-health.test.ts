// Whether what we need is there: a table of what each absence means, and a probe that waits for none of it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { checkHealth } from '../../src/application/check-health.ts'
import type { HealthCheck } from '../../src/application/ports.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const names = ['counting', 'postgres', 'redis', 'kv'] as const

test.each<[HealthCheck['name'], string]>([
  ['counting', 'fail'],
  ['postgres', 'warn'],
  ['redis', 'warn'],
  ['kv', 'warn'],
])('without %s it says %s, and what the others say', async (away, says) => {
  const health = await checked((name) =>
    name === away ? Promise.reject(new Error('away')) : Promise.resolve(),
  )
  expect(health.status).toBe(says)
  expect(health.checks).toEqual(names.map((name) => ({ name, status: name === away ? says : 'pass' })))
})

test('the worst of several is what it says', async () => {
  const { status } = await checked(() => Promise.reject(new Error('away')))
  expect(status).toBe('fail')
})

test('one that does not answer at all is away after two seconds, while the caller still has time', async () => {
  const controller = new AbortController()
  // AbortSignal.timeout keeps to the wall; here it keeps to the test.
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((delayMs) => {
    const time = new AbortController()
    setTimeout(() => time.abort(new DOMException('over', 'TimeoutError')), delayMs)
    return time.signal
  })
  const health = checked(
    (name) => (name === 'postgres' ? new Promise(() => {}) : Promise.resolve()),
    controller.signal,
  )
  await vi.advanceTimersByTimeAsync(2_000)
  expect((await health).status).toBe('warn')
  vi.restoreAllMocks()
})

const checked = (
  check: (name: HealthCheck['name']) => Promise<void>,
  signal = new AbortController().signal,
) => checkHealth({ healthChecks: names.map((name) => ({ name, check: () => check(name) })) })(signal)
