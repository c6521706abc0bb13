// The three Workers as `wrangler deploy` would send them, built without sending and kept while their sources stay the same.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { Complaint } from './complaint.ts'
import { freshLog } from './data-folder.ts'
import { placePublished } from './generate-published.ts'
import { readJson, writeJson } from './json-file.ts'
import type { Nursery } from './nursery.ts'
import { projectRoot } from './settings.ts'
import { configOf, type WorkerName, workerNames } from './worker-names.ts'
import { wranglerEnvironment, wranglerScript } from './wrangler.ts'

export interface Bundle {
  readonly path: string
  /** Of its bytes; whoever runs it compares. */
  readonly sha256: string
}

export type Bundles = Readonly<Record<WorkerName, Bundle>>

// What a bundle is made of. A file too many costs a build; one too few would run old code.
const sources = ['src', 'workers', 'package-lock.json', 'tsconfig.json', ...workerNames.map(configOf)]

/** The bundles of the sources as they are now; beside them what the edge publishes. */
export const buildBundles = async (nursery: Nursery): Promise<Bundles> => {
  const { folder } = nursery
  await placePublished()
  const home = join(folder.bundles, fingerprintOf(projectRoot, sources))
  const kept = readBundles(home)
  if (kept !== null) return kept
  rmSync(folder.bundles, { recursive: true, force: true })
  mkdirSync(folder.bundles, { recursive: true })
  const draft = `${home}.new`
  await Promise.all(workerNames.map((worker) => build(nursery, worker, join(draft, worker))))
  const hashes = Object.fromEntries(
    workerNames.map((worker) => [worker, hashOf(join(draft, worker, 'index.js'))]),
  )
  writeJson(join(draft, 'hashes.json'), hashes)
  renameSync(draft, home)
  const built = readBundles(home)
  if (built === null) throw new Error(`the bundles in ${home} changed while they were built`)
  return built
}

/** The bundles in a folder, or null unless every one is there and is what it was when it was built. */
export const readBundles = (home: string): Bundles | null => {
  const hashes = readJson(join(home, 'hashes.json')) as Record<WorkerName, string> | null // written above
  if (hashes === null) return null
  const bundle = (worker: WorkerName): Bundle => ({
    path: join(home, worker, 'index.js'),
    sha256: hashes[worker],
  })
  const bundles = { edge: bundle('edge'), count: bundle('count'), archive: bundle('archive') }
  return Object.values(bundles).every(({ path, sha256 }) => hashOf(path) === sha256) ? bundles : null
}

/** One name for the content of many files: the same files give the same name, in whatever order the disk lists them. */
export const fingerprintOf = (root: string, names: readonly string[]): string => {
  const files = names.flatMap((name) =>
    statSync(join(root, name)).isDirectory()
      ? readdirSync(join(root, name), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
      : [join(root, name)],
  )
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(file)).update('\0')
  return hash.digest('hex').slice(0, 16)
}

export const hashOf = (file: string): string | null => {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch {
    return null
  }
}

const build = async (nursery: Nursery, worker: WorkerName, into: string): Promise<void> => {
  const builder = await nursery.start({
    name: `build of ${worker}`,
    command: process.execPath,
    args: [wranglerScript, 'deploy', '--dry-run', '-c', configOf(worker), '--env=', '--outdir', into],
    cwd: projectRoot,
    env: wranglerEnvironment(nursery.folder),
    logFile: freshLog(nursery.folder, `build-${worker}`),
  })
  const { code } = await builder.exited
  if (code !== 0)
    throw new Complaint(
      [
        `The Worker "${worker}" could not be built:`,
        ...builder.lastLines(30).map(stripVTControlCharacters),
      ].join('\n'),
    )
  const modules = readdirSync(into).filter((name) => !/^(index\.js|index\.js\.map|README\.md)$/.test(name))
  if (modules.length > 0)
    throw new Error(`${worker} has modules beside its bundle, which the stack does not load: ${modules}`)
}
