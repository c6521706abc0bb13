// `npm run reset`: deletes everything the local platform has remembered. Not while it runs.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { command, environmentHelp, runCommand } from './command.ts'
import { alreadyRunning, Complaint } from './complaint.ts'
import { dataFolderAt } from './data-folder.ts'
import { endLeftovers } from './leftovers.ts'
import { endOrphanPostgres } from './postgres-orphan.ts'
import { currentRun, takeRunLock } from './run-lock.ts'
import { readSettings } from './settings.ts'

/** What is ours in a data folder. Anything else in it was put there by somebody and stays. */
const ours =
  /^(postgres(\.new(\.password)?)?|redis|state|registry|bundles|logs|secrets\.json|dev\.json|running\.json|edge\.env|cf\.json|.+\.json\.\d+\.\w+)$/

/** Deletes what is ours in the folder, and answers the names. @throws Complaint while something runs on it. */
export const reset = async (root: string): Promise<readonly string[]> => {
  if (!existsSync(root)) return []
  const folder = dataFolderAt(root)
  const run = currentRun(folder)
  if (run !== null) throw alreadyRunning(folder.root, run.command, run.pid)
  const lock = takeRunLock(folder, 'npm run reset')
  try {
    await endLeftovers(folder, lock.leftBehind)
    await endOrphanPostgres(folder.postgres)
    const names = readdirSync(root).filter((name) => ours.test(name))
    for (const name of names) rmSync(join(root, name), { recursive: true, force: true })
    return names.filter((name) => !name.startsWith('running.json'))
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new Complaint(`${root} could not be emptied (${error.code}): delete it by hand.`)
    throw error
  } finally {
    lock.release()
  }
}

if (import.meta.main) {
  const program = command(
    'npm run reset',
    'Deletes the data of the local platform: polls, ballots, keys, databases, logs.',
  )
    .addHelpText('after', environmentHelp)
    .action(async () => {
      const { dataFolder } = readSettings()
      const names = await reset(dataFolder)
      console.log(
        names.length === 0
          ? `There is nothing to delete in ${dataFolder}.`
          : `Deleted from ${dataFolder}: ${names.join(', ')}.`,
      )
    })
  await runCommand(program)
}
