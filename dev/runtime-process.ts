// One process of the runtime: is sent a plan by its parent, runs it, says so, and goes when the parent goes. Nothing here fires
// schedules by itself: its parent may (schedules.ts).
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from 'miniflare'
import type { RuntimePlan } from './workers.ts'

/** What it says to its parent, once. */
export type RuntimeSays = { readonly running: true } | { readonly failed: string }

/** What it may be asked afterwards: to wake a Worker (by its name) as a schedule of its would. Answers how that ended, `ok`. */
export interface WakeOrder {
  readonly wake: string
  readonly cron: string
}

const run = async ({ name, options, shares, workers }: RuntimePlan): Promise<Miniflare> => {
  const converted = convertV4MiniflareOptions({
    ...options,
    log: new Log(LogLevel.WARN, { prefix: name }),
    workers: workers.map(({ options: worker, bundle }) => ({
      ...worker,
      modules: [{ type: 'ESModule', path: bundle.path, contents: contentsOf(bundle) }],
      modulesRoot: dirname(bundle.path),
    })) as V4WorkerOptions[], // plain JSON made by workers.ts from wrangler's own options
  })
  const miniflare = new Miniflare(shares ? { ...converted, unsafeEnableSharedStorage: true } : converted)
  await miniflare.ready
  return miniflare
}

// What runs is what was hashed, because it is these bytes and not the file that is given to the runtime.
const contentsOf = ({ path, sha256 }: RuntimePlan['workers'][number]['bundle']): string => {
  const bytes = readFileSync(path)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new Error(`${path} is not what was built`)
  return bytes.toString()
}

let running: Promise<Miniflare> | null = null

const end = async () => {
  await running?.then((miniflare) => miniflare.dispose()).catch(() => undefined)
  process.exit(0)
}

process.once('message', (plan: RuntimePlan) => {
  const say = (words: RuntimeSays) => process.send?.(words)
  running = run(plan)
  running.then(
    () => say({ running: true }),
    (error: unknown) => say({ failed: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('message', async (order: RuntimePlan | WakeOrder) => {
  if (!('wake' in order) || running === null) return
  const miniflare = await running
  const woken = miniflare.getWorker(order.wake).then((worker) => worker.scheduled({ cron: order.cron }))
  const woke = await woken.then(
    ({ outcome }) => outcome,
    (error: unknown) => String(error),
  )
  process.send?.({ woke })
})
process.once('SIGTERM', end)
process.once('disconnect', end)
// A Ctrl-C reaches the whole group; the parent decides in which order things end.
process.on('SIGINT', () => undefined)
