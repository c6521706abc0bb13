// Schedules on a laptop: those that the archive's configuration has, at their minutes, one at a time.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { archiveCrons, runSchedules, type Schedules } from '../../dev/schedules.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 12, 16, 30) }))
let running: Schedules | null = null
afterEach(() => {
  running?.stop()
  vi.useRealTimers()
})

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000)

const schedules = (answer: (cron: string) => Promise<string>) => {
  const woken: string[] = []
  const said: string[] = []
  const wake = (cron: string) => {
    woken.push(`${new Date().toISOString().slice(11, 16)} ${cron}`)
    return answer(cron)
  }
  running = runSchedules({ crons: ['17 * * * *', '* * * * *'], wake, say: (line) => said.push(line) })
  return { woken, said }
}

test('each comes at its minute', async () => {
  const { woken, said } = schedules(async () => 'ok')
  await seconds(2 * 60)
  expect(woken.toSorted()).toEqual(['12:17 * * * * *', '12:17 17 * * * *', '12:18 * * * * *'])
  expect(said).toEqual([])
})

test('one waits for the other, and its next minute is left out meanwhile', async () => {
  const first = Promise.withResolvers<string>()
  const { woken } = schedules((cron) => (cron === '17 * * * *' ? first.promise : Promise.resolve('ok')))
  await seconds(3 * 60)
  expect(woken.filter((line) => line.endsWith(' 17 * * * *'))).toHaveLength(1)
  const before = woken.length
  expect(before).toBeLessThanOrEqual(2)
  first.resolve('ok')
  await seconds(60)
  expect(woken.length).toBeGreaterThan(before)
})

test('one that fails is said once, and once that it works again', async () => {
  let outcome: Promise<string> = Promise.resolve('ok')
  const { said } = schedules(async (cron) => (cron === '* * * * *' ? outcome : 'ok'))
  await seconds(60)
  outcome = Promise.resolve('exception')
  await seconds(2 * 60)
  outcome = Promise.reject(new Error('no answer'))
  outcome.catch(() => undefined)
  await seconds(2 * 60)
  outcome = Promise.resolve('ok')
  await seconds(60)
  expect(said).toEqual([
    expect.stringContaining('* * * * * failed: exception'),
    expect.stringContaining('* * * * * failed: Error: no answer'),
    expect.stringContaining('* * * * * works again'),
  ])
})

test('nothing comes after they were stopped', async () => {
  const { woken } = schedules(async () => 'ok')
  running?.stop()
  await seconds(2 * 60)
  expect(woken).toEqual([])
})

test('the archive has them in its configuration', async () => {
  expect(await archiveCrons()).toContain('* * * * *')
})
