// `npm start`: the whole platform on this machine, from one command, with what is needed to use it printed at the end.
import { Option } from 'commander'
import { command, environmentHelp, runCommand } from './command.ts'
import { readDevFile, writeDevFile } from './dev-file.ts'
import { factsOf } from './facts.ts'
import { type Platform, startPlatform } from './platform.ts'
import { host, requirePort } from './ports.ts'
import { createProgress } from './progress.ts'
import { beginRun } from './run.ts'
import { archiveCrons, runSchedules, type Schedules, wakeUnderWrangler } from './schedules.ts'
import { readSettings } from './settings.ts'
import { untilStopped } from './until-stopped.ts'
import { welcome } from './welcome.ts'
import { ensureWorkspace, noWorkspace, untilReady } from './workspace.ts'
import { isRequest, isTrouble, startWranglerDev } from './wrangler-dev.ts'

interface Options {
  readonly verbose?: true
  readonly bare?: true
}

const main = async ({ verbose, bare }: Options): Promise<void> => {
  const settings = readSettings()
  const { port } = settings
  const progress = createProgress()
  const { nursery, lock } = await beginRun({
    command: 'npm start',
    dataFolder: settings.dataFolder,
    progress,
    ownGroups: true,
  })
  let platform: Platform | null = null
  let schedules: Schedules | null = null
  const run = async (): Promise<never> => {
    await requirePort(port)
    platform = await startPlatform({ settings, nursery, progress })
    const url = `http://${host}:${port}`
    const onLine = (line: string) => {
      if (isTrouble(line) || (verbose && isRequest(line))) progress.say(`  ${line}`)
    }
    const workers = await startWranglerDev({ nursery, port, bindings: platform.bindings, onLine })
    const patience = { signal: nursery.ending, ...(bare ? { ready: () => true } : {}) }
    await progress.step(
      'Workers',
      () => untilReady(url, patience),
      () => `wrangler dev on port ${port}`,
    )
    const { rootKey } = platform.secrets
    const known = readDevFile(nursery.folder) ?? noWorkspace
    const workspace = bare
      ? noWorkspace
      : await progress.step('Workspace and demo poll', () => ensureWorkspace(url, rootKey, known))
    const facts = factsOf({
      dataFolder: nursery.folder.root,
      edges: [url],
      platform,
      workspace,
      pids: { wrangler: workers.pid },
    })
    writeDevFile(nursery.folder, facts)
    const crons = settings.databaseUrl === null ? await archiveCrons() : []
    if (nursery.ending.aborted) return nursery.failure
    schedules = runSchedules({ crons, wake: wakeUnderWrangler(url), say: progress.say })
    progress.say(welcome(facts, crons.length > 0))
    return nursery.failure
  }
  process.exitCode = await untilStopped(
    () => Promise.race([run(), nursery.failure]),
    async () => {
      schedules?.stop()
      await nursery.stopAll()
      await platform?.stop()
      lock.release()
    },
    progress.say,
  )
}

if (import.meta.main) {
  const program = command(
    'npm start --',
    'Runs edgepoll whole on this machine: Postgres, Redis, and the three Workers under wrangler dev.',
  )
    .option('--verbose', 'show every request')
    // For trying the platform below while the API does not answer yet.
    .addOption(new Option('--bare', 'without waiting for the API, workspace and demo poll').hideHelp())
    .addHelpText('after', environmentHelp)
    .action(main)
  await runCommand(program)
}
