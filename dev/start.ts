// `npm start`: the whole platform on this machine, from one command, with what is needed to use it printed at the end.
import { Option } from 'commander'
import { command, environmentHelp, runCommand } from './command.ts'
import { openDataFolder } from './data-folder.ts'
import { type DevFacts, readDevFile, writeDevFile } from './dev-file.ts'
import { createNursery } from './nursery.ts'
import { type Platform, startPlatform } from './platform.ts'
import { host, requirePort } from './ports.ts'
import { createProgress } from './progress.ts'
import { takeRunLock } from './run-lock.ts'
import { readSettings } from './settings.ts'
import { untilStopped } from './until-stopped.ts'
import { welcome } from './welcome.ts'
import { ensureWorkspace, untilReady } from './workspace.ts'
import { isRequest, isTrouble, startWranglerDev } from './wrangler-dev.ts'

interface Options {
  readonly verbose?: true
  readonly bare?: true
}

const main = async ({ verbose = false as boolean, bare = false as boolean }: Options): Promise<void> => {
  const settings = readSettings()
  const folder = openDataFolder(settings.dataFolder)
  const lock = takeRunLock(folder, 'npm start')
  const progress = createProgress()
  const nursery = createNursery(folder, { ownGroups: true, lock })
  let platform: Platform | null = null
  const run = async (): Promise<never> => {
    progress.say(`edgepoll is starting, with its data in ${folder.root}`)
    platform = await startPlatform({ settings, nursery, lock, progress })
    // Only now: what a killed run had left may have held it.
    await requirePort(settings.port)
    const url = `http://${host}:${settings.port}`
    const { secrets, bindings } = platform
    const show = (line: string) => (isTrouble(line) || (verbose && isRequest(line)) ? progress.say(line) : undefined)
    const workers = await startWranglerDev({ nursery, port: settings.port, bindings, onLine: show })
    const isReady = bare ? () => true : undefined
    await progress.step('Workers', () => untilReady(url, 120_000, isReady), () => `wrangler dev on port ${settings.port}`)
    const known = readDevFile(folder) ?? {}
    const workspace = bare
      ? { apiKey: null, demoPollId: null }
      : await progress.step('Workspace and demo poll', () => ensureWorkspace(url, secrets.rootKey, known))
    const facts = factsOf(url, platform, workspace, { run: process.pid, workers: workers.pid })
    writeDevFile(folder, facts)
    progress.say(welcome(facts, folder))
    return nursery.failure
  }
  process.exitCode = await untilStopped(
    () => Promise.race([run(), nursery.failure]),
    async () => {
      await nursery.stopAll()
      await platform?.stop()
      lock.release()
    },
    progress.say,
  )
}

/** What dev.json says of a run. */
export const factsOf = (
  url: string,
  { postgres, redis, secrets, databaseEndpoint, redisRestUrl }: Platform,
  workspace: Pick<DevFacts, 'apiKey' | 'demoPollId'>,
  pids: Readonly<Record<string, number>>,
  edges: readonly string[] = [url],
): DevFacts => ({
  url,
  edges,
  rootKey: secrets.rootKey,
  ...workspace,
  databaseUrl: postgres.url,
  databaseAdminUrl: postgres.adminUrl,
  redisUrl: redis.url,
  redisRestUrl,
  redisRestToken: secrets.redisToken,
  databaseEndpoint,
  pids: {
    ...pids,
    ...(postgres.pid === null ? {} : { postgres: postgres.pid }),
    ...(redis.pid === null ? {} : { redis: redis.pid }),
  },
})

if (import.meta.main) {
  const program = command('npm start --', 'Runs edgepoll whole on this machine: Postgres, Redis, and the three Workers under wrangler dev.')
    .option('--verbose', 'show every request')
    // For trying the platform below while the API does not answer yet.
    .addOption(new Option('--bare', 'without waiting for the API, workspace and demo poll').hideHelp())
    .addHelpText('after', environmentHelp)
    .action(main)
  await runCommand(program)
}
