// Runs the Workers of a stack: all in one process, or the edges each in its own beside one for count and archive.
import { join } from 'node:path'
import type { Bundles } from './bundles.ts'
import type { Child } from './child.ts'
import { Complaint } from './complaint.ts'
import { type DataFolder, freshLog } from './data-folder.ts'
import type { Nursery } from './nursery.ts'
import { childrenOf } from './processes.ts'
import type { RuntimeSays, WakeOrder } from './runtime-process.ts'
import { planRuntime, type RuntimePlan, type WorkerValues } from './workers.ts'

interface Needs {
  readonly nursery: Nursery
  readonly bundles: Bundles
  readonly values: WorkerValues
  /** One edge a port. */
  readonly ports: readonly number[]
  /** Where the debugger of all listens, when one process runs them. */
  readonly inspectorPort?: number | undefined
}

export interface RunningWorkers {
  /** The ids of the processes, by what they are. */
  readonly pids: Readonly<Record<string, number>>
  /** Wakes the archive as a schedule of its would; answers how that ended, `ok`. One at a time. */
  wakeArchive(cron: string): Promise<string>
}

export const startWorkers = async (needs: Needs): Promise<RunningWorkers> => {
  const [first, ...edges] = await planWorkers(needs)
  // The objects come first: an edge that looks for them before they are there waits.
  const counting = await startRuntime(needs.nursery, first)
  const others = await Promise.all(edges.map((plan) => startRuntime(needs.nursery, plan)))
  return {
    pids: Object.assign({}, ...[counting, ...others].map(({ pids }) => pids)),
    wakeArchive: (cron) => wake(counting.child, { wake: 'edgepoll-archive', cron }),
  }
}

const wake = (child: Child, order: WakeOrder): Promise<string> =>
  new Promise((resolve, reject) => {
    const gone = () => reject(new Complaint('The Workers ended before they had run the schedule.'))
    child.process.once('exit', gone)
    child.process.once('message', ({ woke }: { readonly woke: string }) => {
      child.process.off('exit', gone)
      resolve(woke)
    })
    child.process.send(order, (error) => error && reject(error))
  })

const planWorkers = ({
  nursery: { folder },
  bundles,
  values,
  ports,
  inspectorPort,
}: Needs): Promise<[RuntimePlan, ...RuntimePlan[]]> => {
  // Where `wrangler dev` keeps it too: both see the same ballots.
  const state = join(folder.state, 'v3')
  const common = { bundles, values, sharedState: state }
  const [port = null] = ports
  if (ports.length === 1) {
    return Promise.all([
      planRuntime({
        ...common,
        name: 'workers',
        workers: ['edge', 'count', 'archive'],
        port,
        state,
        registry: null,
        inspectorPort,
      }),
    ])
  }
  return Promise.all([
    planCounting({ folder, bundles, values }),
    ...ports.map((edgePort, index) => planEdge({ folder, bundles, values }, `edge-${index + 1}`, edgePort)),
  ])
}

interface Parts {
  readonly folder: DataFolder
  readonly bundles: Bundles
  readonly values: WorkerValues
}

/** Count and archive in a process apart from the edges. They share one, because a queue lives in one. */
export const planCounting = ({ folder, bundles, values }: Parts): Promise<RuntimePlan> => {
  const state = join(folder.state, 'v3')
  return planRuntime({
    name: 'count',
    workers: ['count', 'archive'],
    bundles,
    values,
    port: null,
    state,
    sharedState: state,
    registry: folder.registry,
  })
}

/** An edge in a process of its own, over the counting of another. */
export const planEdge = (
  { folder, bundles, values }: Parts,
  name: string,
  port: number,
): Promise<RuntimePlan> =>
  planRuntime({
    name,
    workers: ['edge'],
    bundles,
    values,
    port,
    state: join(folder.state, name),
    sharedState: join(folder.state, 'v3'),
    registry: folder.registry,
  })

export interface Runtime {
  readonly child: Child
  readonly pids: Readonly<Record<string, number>>
}

/** @throws Complaint when the Workers of the plan do not start. */
export const startRuntime = async (nursery: Nursery, plan: RuntimePlan): Promise<Runtime> => {
  const child = await nursery.start({
    name: `runtime "${plan.name}"`,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'runtime-process.ts')],
    logFile: freshLog(nursery.folder, plan.name),
    talks: true,
  })
  const said = new Promise<RuntimeSays>((resolve) => child.process.once('message', resolve))
  child.process.send(plan)
  const words = await Promise.race([
    said,
    child.exited.then(() => ({ failed: child.lastLines(5).join('\n') })),
  ])
  if ('failed' in words) {
    await nursery.retire(child)
    throw new Complaint(`The Workers did not start (${plan.name}): ${words.failed}`)
  }
  nursery.watch(child)
  const [workerd = child.pid] = childrenOf(child.pid)
  return { child, pids: { [plan.name]: workerd, [`${plan.name}-host`]: child.pid } }
}
