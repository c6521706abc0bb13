// `npm run stack`: the platform for load. The Workers as they would be deployed, on the bare runtime, with real stores below.
import { InvalidArgumentError } from 'commander'
import { type Bundles, buildBundles } from './bundles.ts'
import { command, environmentHelp, runCommand } from './command.ts'
import { Complaint } from './complaint.ts'
import { type OpenWorkers, startOpen } from './deploy-server.ts'
import { type DevFacts, readDevFile, writeDevFile } from './dev-file.ts'
import { factsOf } from './facts.ts'
import { type Platform, startPlatform } from './platform.ts'
import { freePort, host, portsFrom } from './ports.ts'
import { createProgress, type Progress, progressTo } from './progress.ts'
import { beginRun } from './run.ts'
import { archiveCrons, runSchedules, type Schedules } from './schedules.ts'
import { readPort, readSettings } from './settings.ts'
import { startWorkers } from './stack-runtime.ts'
import { untilStopped } from './until-stopped.ts'
import { welcome } from './welcome.ts'
import type { WorkerValues } from './workers.ts'
import { ensureWorkspace, noWorkspace, untilReady } from './workspace.ts'

export interface StackOptions {
  readonly dataFolder: string
  /** The port of the first edge; a free one unless said. */
  readonly port?: number
  /** How many edge processes; 1 unless said. */
  readonly edges?: number
  readonly log?: (line: string) => void
  /** Additional variables of one Worker, declared or not: `{ count: { BENCH_COMMIT: 'single' } }`. */
  readonly bindings?: WorkerValues['additional']
  /** A Postgres, a Redis of one's own. */
  readonly databaseUrl?: string | null
  readonly redisUrl?: string | null
  /** Variables of further databases and replicas: `{ DATABASE_READ_URL: 'postgres://…' }`. */
  readonly databases?: Readonly<Record<string, string>>
  /** Given the values that the Workers would get, answers those they get instead: the address of a proxy before a store. */
  readonly detour?: (bindings: Platform['bindings']) => Platform['bindings']
  /** Where the debugger of the Workers is to listen; with one edge only. */
  readonly inspectorPort?: number
  /** Modules that run instead of what was built; `folder` is where they may be put. */
  readonly instead?: (folder: string) => Promise<Partial<Bundles>>
  /** Versions of the Workers can be published to it while it runs (`ops/deploy`, `--env local`); it has one edge then. */
  readonly deployable?: boolean
  /** How long the connections of an edge that is replaced may go on, ms. */
  readonly drainMs?: number
}

export interface Stack extends DevFacts {
  /** Rejects when a process of it dies unasked. */
  readonly failure: Promise<never>
  /** Runs what the archive does by this schedule, which only `npm run stack` does by itself. Answers how it ended, `ok`. */
  wakeArchive(cron: string): Promise<string>
  stop(): Promise<void>
}

const notHere = () => Promise.reject(new Complaint('A stack that is published to runs no schedules.'))

/** Starts a stack and answers when it is ready. @throws Complaint; what was started is ended then. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const stack = await openStack(options, progressTo(options.log ?? (() => undefined)))
  return stack.start().catch(async (error: unknown) => {
    await stack.stop()
    throw error
  })
}

interface OpenStack {
  start(): Promise<Stack>
  /** Also in the middle of a start. */
  stop(): Promise<void>
}

const openStack = async (options: StackOptions, progress: Progress): Promise<OpenStack> => {
  const {
    dataFolder,
    edges = 1,
    bindings = {},
    databaseUrl = null,
    redisUrl = null,
    databases = {},
  } = options
  const { detour = () => ({}), instead = async () => ({}), deployable = false } = options
  if (deployable && edges !== 1) throw new Complaint('A stack that is published to has one edge.')
  const { nursery, lock } = await beginRun({
    command: 'npm run stack',
    dataFolder,
    progress,
    ownGroups: false,
  })
  let platform: Platform | null = null
  let open: OpenWorkers | null = null
  const stop = async () => {
    await open?.stop()
    await nursery.stopAll()
    await platform?.stop()
    lock.release()
  }
  const bring = async (): Promise<Stack> => {
    const ports = await portsFrom(options.port ?? (await freePort()), edges)
    const built = await progress.step('Bundles', () => buildBundles(nursery))
    const bundles = { ...built, ...(await instead(nursery.folder.root)) }
    for (const [worker, { sha256 }] of Object.entries(bundles))
      progress.say(`    ${worker.padEnd(8)} sha256 ${sha256}`)
    platform = await startPlatform({ settings: { databaseUrl, redisUrl, databases }, nursery, progress })
    const shared = { ...platform.bindings, ...detour(platform.bindings) }
    const values = { shared, additional: quiet(bindings) }
    const { rootKey } = platform.secrets
    const [port = 0] = ports
    const fixed = await progress.step(
      'Workers',
      async () => {
        if (!deployable)
          return startWorkers({ nursery, bundles, values, ports, inspectorPort: options.inspectorPort })
        const { drainMs } = options
        open = await startOpen({ nursery, bundles, values, port, drainMs, rootKey, changed: () => note() })
        return null
      },
      () => `on ports ${ports.join(', ')}`,
    )
    const urls = ports.map((port) => `http://${host}:${port}`)
    await progress.step('Ready', async () => {
      for (const url of urls) await untilReady(url, { signal: nursery.ending })
    })
    const known = readDevFile(nursery.folder) ?? noWorkspace
    const workspace = await progress.step('Workspace and demo poll', () =>
      ensureWorkspace(urls[0] ?? '', rootKey, known),
    )
    const needs = { dataFolder: nursery.folder.root, edges: urls, platform, workspace }
    const factsNow = () =>
      factsOf({ ...needs, pids: fixed?.pids ?? open?.pids ?? {}, deployUrl: open?.deployUrl ?? null })
    const note = () => writeDevFile(nursery.folder, factsNow())
    note()
    const wakeArchive = fixed?.wakeArchive ?? notHere
    return { ...factsNow(), failure: nursery.failure, wakeArchive, stop }
  }
  return { start: () => Promise.race([bring(), nursery.failure]), stop }
}

// A line a request would be most of what a benchmark measures.
const quiet = (bindings: WorkerValues['additional']): WorkerValues['additional'] => ({
  edge: { LOG_LEVEL: 'warn', ...bindings.edge },
  count: { LOG_LEVEL: 'warn', ...bindings.count },
  archive: { LOG_LEVEL: 'warn', ...bindings.archive },
})

interface CommandOptions {
  readonly edges: number
  readonly deployable: boolean
  readonly port?: number
}

const main = async ({ edges, port, deployable }: CommandOptions): Promise<void> => {
  const settings = readSettings()
  const progress = createProgress()
  const stack = await openStack({ ...settings, port: port ?? settings.port, edges, deployable }, progress)
  let schedules: Schedules | null = null
  const run = async (): Promise<never> => {
    const started = await stack.start()
    // What is published to changes its processes, and has no one to wake.
    const crons = settings.databaseUrl === null && !deployable ? await archiveCrons() : []
    schedules = runSchedules({ crons, wake: started.wakeArchive, say: progress.say })
    progress.say(welcome(started, crons.length > 0))
    return started.failure
  }
  const stop = () => {
    schedules?.stop()
    return stack.stop()
  }
  process.exitCode = await untilStopped(run, stop, progress.say)
}

const count = (text: string): number => {
  const edges = Number(text)
  if (Number.isInteger(edges) && edges >= 1 && edges <= 16) return edges
  throw new InvalidArgumentError('Give a number from 1 to 16.')
}

if (import.meta.main) {
  const program = command(
    'npm run stack --',
    'Runs edgepoll for load: the bundles as they would be deployed, without dev proxy and request log.',
  )
    .option('--edges <n>', 'edge processes, on ports in a row; they share one process of objects', count, 1)
    .option('--port <port>', 'the port of the first edge (PORT)', (text) => readPort(text, '--port'))
    .option('--deployable', 'let ops/deploy publish versions to it (--env local) while it runs', false)
    .addHelpText('after', environmentHelp)
    .action(main)
  await runCommand(program)
}
