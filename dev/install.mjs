// Makes `npm start` and `npm test` work on a fresh clone: runs `npm ci` when node_modules is missing or older than the lock.
// Plain JavaScript without dependencies, because it runs on the host's Node before anything is installed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const oldestNode = 20

/** The sentence for a Node that is too old, or null when it will do. */
export const whyNotNode = (version) =>
  Number.parseInt(version, 10) >= oldestNode
    ? null
    : `edgepoll needs Node ${oldestNode} or newer and this is Node ${version}: install a newer Node and run the same command again.`

/**
 * Why the installed packages cannot be used, or null when they can. `lock` is package-lock.json and `installed` npm's own list of
 * what it put into node_modules, which it writes last; contents are compared, because a checkout gives every file a new date.
 */
export const whyInstall = (lock, installed) => {
  if (installed === null) return 'Nothing is installed yet'
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === '') continue
    const found = installed.packages[path]
    // Binaries of other platforms are in the lock and are rightly absent here.
    if (found === undefined && wanted.optional === true) continue
    if (found?.version !== wanted.version || found?.integrity !== wanted.integrity) {
      return `package-lock.json wants another ${path.replace(/^.*node_modules\//, '')} than is installed`
    }
  }
  return null
}

/** Looks at the clone in `root` and installs what is missing; answers the exit code. */
export const install = (
  root,
  { run = runNpm, say = console.log, nodeVersion = process.versions.node } = {},
) => {
  const tooOld = whyNotNode(nodeVersion)
  if (tooOld !== null) {
    say(tooOld)
    return 1
  }
  const lock = readJson(join(root, 'package-lock.json'))
  if (lock === null) {
    say(
      `package-lock.json is missing or broken in ${root}: restore it with "git checkout package-lock.json".`,
    )
    return 1
  }
  const reason = whyInstall(lock, readJson(join(root, 'node_modules', '.package-lock.json')))
  if (reason === null) return 0
  say(
    `${reason}: running "npm ci" (${Object.keys(lock.packages).length - 1} packages, Node 24 among them; a minute or two, once).`,
  )
  const code = run(root)
  if (code !== 0)
    say(`"npm ci" failed with code ${code}; what it printed above says why. The same command tries again.`)
  return code
}

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

// npm tells its scripts where it lives; asking for it by name might find another npm. The tools are dev dependencies, which a
// NODE_ENV=production in the shell would leave out.
const runNpm = (root) => {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
  const npm = process.env.npm_execpath
  const options = { cwd: root, stdio: 'inherit' }
  const { status, error } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
  if (error) console.error(`npm could not be started: ${error.message}`)
  return status ?? 1
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = install(dirname(dirname(fileURLToPath(import.meta.url))))
}
