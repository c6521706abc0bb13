// The Workers of a stack that is published to: each edge has a process of its own behind a front, so that a version takes over
// from another while people vote, and goes back. What was published is remembered as long as the stack runs.
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Bundle, type Bundles, hashOf } from './bundles.ts'
import { Complaint } from './complaint.ts'
import { type Front, startFront } from './front.ts'
import type { Nursery } from './nursery.ts'
import { freePort, host } from './ports.ts'
import { planCounting, planEdge, type Runtime, startRuntime } from './stack-runtime.ts'
import { type WorkerName, workerNames } from './worker-names.ts'
import { versionIdOf, type WorkerValues } from './workers.ts'
import { untilReady } from './workspace.ts'

/** One version of a Worker: the beginning of the hash of its bundle. */
export type VersionId = string

export interface ReplaceableWorkers {
  readonly url: string
  /** The processes that run now. */
  readonly pids: Readonly<Record<string, number>>
  /** Of one Worker, the newest last; the current one is the last. */
  deployments(worker: WorkerName): readonly VersionId[]
  /** Runs `file` instead of what runs now. @throws Complaint when it does not become ready: then nothing has changed. */
  publish(worker: WorkerName, file: string): Promise<VersionId>
  /** Runs a version again that was published before. @throws Complaint when there was none such. */
  activate(worker: WorkerName, version: VersionId): Promise<void>
  stop(): Promise<void>
}

interface Needs {
  readonly nursery: Nursery
  readonly bundles: Bundles
  readonly values: WorkerValues
  readonly port: number
  /** How long the connections of an edge that is replaced may go on. */
  readonly drainMs?: number | undefined
}

interface Edge extends Runtime {
  readonly url: string
}

const readyMs = 60_000

export const startReplaceable = async (needs: Needs): Promise<ReplaceableWorkers> => {
  const { nursery, values, port, drainMs = 2_000 } = needs
  const { folder } = nursery
  const kept = new Map<string, Bundle>()
  const deployed: Record<WorkerName, VersionId[]> = { edge: [], count: [], archive: [] }
  let edges = 0

  // A copy: what was built may be built anew.
  const keep = (worker: WorkerName, file: string): VersionId => {
    const sha256 = hashOf(file)
    if (sha256 === null) throw new Complaint(`There is no bundle at ${file}.`)
    const id = versionIdOf({ path: file, sha256 })
    const path = join(folder.versions, worker, id, 'index.js')
    mkdirSync(dirname(path), { recursive: true })
    copyFileSync(file, path)
    kept.set(`${worker}/${id}`, { path, sha256 })
    return id
  }
  const bundleOf = (worker: WorkerName, version: VersionId | undefined): Bundle => {
    const bundle = kept.get(`${worker}/${version}`)
    if (bundle === undefined) throw new Complaint(`No version ${version} of ${worker} was published here.`)
    return bundle
  }
  /** What runs, but for one Worker. */
  const bundlesWith = (worker: WorkerName, version: VersionId): Bundles => {
    const one = (name: WorkerName) => bundleOf(name, name === worker ? version : deployed[name].at(-1))
    return { edge: one('edge'), count: one('count'), archive: one('archive') }
  }

  const startEdge = async (bundles: Bundles): Promise<Edge> => {
    const edgePort = await freePort()
    const plan = await planEdge({ folder, bundles, values }, `edge-${++edges}`, edgePort)
    const url = `http://${host}:${edgePort}`
    const runtime = await startRuntime(nursery, plan)
    try {
      await untilReady(url, { signal: nursery.ending, timeoutMs: readyMs })
    } catch (error) {
      await nursery.retire(runtime.child)
      throw error
    }
    return { ...runtime, url }
  }
  const startCounting = async (bundles: Bundles): Promise<Runtime> =>
    startRuntime(nursery, await planCounting({ folder, bundles, values }))

  const replaceEdge = async (front: Front, bundles: Bundles): Promise<void> => {
    const old = edge
    edge = await startEdge(bundles)
    front.sendTo(edge.url)
    const until = Date.now() + drainMs
    while (front.open(old.url) > 0 && Date.now() < until) await pause(20)
    await nursery.retire(old.child)
  }
  /** Objects live once: the old ones end before the new ones begin, and whoever asks meanwhile hears 503. */
  const replaceCounting = async (bundles: Bundles, before: Bundles): Promise<void> => {
    await nursery.retire(counting.child)
    try {
      counting = await startCounting(bundles)
      await untilReady(front.url, { signal: nursery.ending, timeoutMs: readyMs })
    } catch (error) {
      await nursery.retire(counting.child)
      counting = await startCounting(before)
      throw error
    }
  }

  for (const worker of workerNames) deployed[worker].push(keep(worker, needs.bundles[worker].path))
  let counting = await startCounting(needs.bundles)
  let edge = await startEdge(needs.bundles)
  const front = await startFront(edge.url, port)

  const activate = async (worker: WorkerName, version: VersionId): Promise<void> => {
    const before = bundlesWith(worker, deployed[worker].at(-1) ?? '')
    const bundles = bundlesWith(worker, version)
    await (worker === 'edge' ? replaceEdge(front, bundles) : replaceCounting(bundles, before))
    deployed[worker].push(version)
  }
  // One at a time: two that replace the same Worker would each end what the other has begun.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Done>(work: () => Promise<Done>): Promise<Done> => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    url: front.url,
    get pids() {
      return { ...counting.pids, ...edge.pids }
    },
    deployments: (worker) => deployed[worker],
    publish: (worker, file) =>
      inTurn(async () => {
        const version = keep(worker, file)
        await activate(worker, version)
        return version
      }),
    activate: (worker, version) => inTurn(() => activate(worker, version)),
    stop: () => front.close(),
  }
}
