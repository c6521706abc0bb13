// The types of what each Worker finds in its environment, as wrangler derives them from the three configurations.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Complaint } from './complaint.ts'
import { dataFolderAt } from './data-folder.ts'
import type { Generated } from './generate.ts'
import { projectRoot } from './settings.ts'
import { configOf, type WorkerName, workerNames } from './worker-names.ts'
import { wranglerEnvironment, wranglerScript } from './wrangler.ts'

const interfaces: Readonly<Record<WorkerName, string>> = {
  edge: 'EdgeEnv',
  count: 'CountEnv',
  archive: 'ArchiveEnv',
}

export const bringTypes = async (check: boolean): Promise<readonly Generated[]> => {
  // Its logs go somewhere; this command has no data folder.
  const scratch = mkdtempSync(join(tmpdir(), 'edgepoll-types-'))
  try {
    return workerNames.map((worker) => bringOne(worker, check, scratch))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const bringOne = (worker: WorkerName, check: boolean, scratch: string): Generated => {
  const file = `workers/${worker}/env.d.ts`
  // Its own configuration first: its is the environment, the others explain the classes it points to.
  const configs = [worker, ...workerNames.filter((other) => other !== worker)].flatMap((name) => [
    '-c',
    configOf(name),
  ])
  const args = ['types', file, '--include-runtime=false', '--env-interface', interfaces[worker], ...configs]
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [wranglerScript, ...args, ...(check ? ['--check'] : [])],
    {
      cwd: projectRoot,
      env: wranglerEnvironment(dataFolderAt(scratch)),
      encoding: 'utf8',
    },
  )
  if (status === 0) return { file, state: check ? 'current' : 'written' }
  if (check && /out of date|up to date|not found|no types/i.test(stdout + stderr))
    return { file, state: 'stale' }
  throw new Complaint(`wrangler could not derive ${file}:\n${stderr || stdout}`)
}
