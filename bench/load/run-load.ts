// Runs a load plan in a process of its own, so that the generator's CPU is never the server's.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { WindowEvents } from './generate.ts'
import type { FromGenerator } from './generator-process.ts'
import { requireLoopback } from './loopback.ts'
import type { LoadPlan, LoadReport } from './plan.ts'

/** Sends the load and resolves with the report; rejects when the target is not this machine or the process dies. */
export const runLoad = async (plan: LoadPlan, events: Partial<WindowEvents> = {}): Promise<LoadReport> => {
  requireLoopback(plan.origin)
  const child = fork(fileURLToPath(import.meta.resolve('./generator-process.ts')), { execArgv: [] })
  try {
    return await reportOf(child, plan, events)
  } finally {
    child.kill()
  }
}

/** A plan with the usual terms: 64 keep-alive connections and senders, one second of warm-up, ten to time out. */
export const closedLoop = (
  plan: Pick<LoadPlan, 'origin' | 'request' | 'seconds'> & Partial<LoadPlan>,
): LoadPlan => ({
  pace: { kind: 'closed', concurrency: plan.connections ?? 64 },
  connections: 64,
  warmUpSeconds: 1,
  maxRequests: 10_000_000,
  timeoutMs: 10_000,
  firstNumber: 0,
  ...plan,
})

const reportOf = (
  child: ChildProcess,
  plan: LoadPlan,
  { windowOpened, windowClosed }: Partial<WindowEvents>,
): Promise<LoadReport> =>
  new Promise((resolve, reject) => {
    child.on('message', (message: FromGenerator) => {
      if (message.kind === 'window-opened') windowOpened?.()
      else if (message.kind === 'window-closed') windowClosed?.()
      else if (message.kind === 'report') resolve(message.report)
      else reject(new Error(`The load process failed: ${message.reason}`))
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`The load process ended early (${signal ?? `code ${code}`}).`)),
    )
    child.send(plan)
  })
