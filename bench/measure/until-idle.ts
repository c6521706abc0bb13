// Waits until a process tree has nothing more to do, so that what one side left behind is not charged to the next.
import { setTimeout as pause } from 'node:timers/promises'
import { cpuMicrosBetween, readCpu } from './cpu.ts'

/** Resolves with true once the tree used less than a tenth of a core for half a second, false when time is over. */
export const untilIdle = async (pid: number, timeoutMs: number): Promise<boolean> => {
  const untilMs = performance.now() + timeoutMs
  while (performance.now() < untilMs) {
    const before = readCpu(pid)
    await pause(lookMs)
    if (cpuMicrosBetween(before, readCpu(pid)) < (lookMs * 1000) / 10) return true
  }
  return false
}

const lookMs = 500
