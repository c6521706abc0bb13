// As whom Postgres runs. It refuses to be root; when we are root another user must be found who can also enter the folders.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { postgresClosedFolder } from './complaint.ts'

interface Owner {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

export interface PostgresUser {
  /** To whom the files of the cluster must belong; null when that is us anyway. */
  readonly owner: Owner | null
  /** How to start one of its programs as that user. */
  order(
    program: string,
    args: readonly string[],
  ): { command: string; args: readonly string[]; uid?: number; gid?: number }
}

const open = 0o001
const openAndReadable = 0o005

/**
 * We ourselves, unless we are root. For root: the owner of the cluster when there is one already, else `postgres` when the system
 * has that user, else `nobody`, which every system has: nothing is added to it.
 * @throws Complaint when that user can be given no way to `programs` and `cluster`.
 */
export const postgresUser = (cluster: string, programs: readonly string[]): PostgresUser => {
  if (process.getuid?.() !== 0) return { owner: null, order: (command, args) => ({ command, args }) }
  const owner = ownerOf(cluster) ??
    lookUp('postgres') ??
    lookUp('nobody') ?? { name: 'nobody', uid: 65_534, gid: 65_534 }
  const { uid, gid } = owner
  const closed = [...programs.map(closedProgram), closedAncestor(cluster)].find((path) => path !== null)
  if (closed === undefined) return { owner, order: (command, args) => ({ command, args, uid, gid }) }
  // A clone below /root or in a private temporary folder: keep the one capability that opens folders, and only that one.
  const way = ['--reuid', `${uid}`, '--regid', `${gid}`, '--clear-groups', ...keepOpening, '--']
  const [program = 'true'] = programs
  const tried = spawnSync('setpriv', [...way, program, '--version'], { encoding: 'utf8' })
  // Postgres looks for its own files, and says so when it cannot.
  if (tried.status !== 0 || tried.stderr !== '') throw postgresClosedFolder(closed ?? cluster, owner.name)
  return { owner, order: (program, args) => ({ command: 'setpriv', args: [...way, program, ...args] }) }
}

// access(2), by which Postgres looks for its files, takes a capability away from whoever is not root unless the secure bit is set.
const keepOpening =
  '--securebits +no_setuid_fixup --inh-caps +dac_override --ambient-caps +dac_override'.split(' ')

const ownerOf = (cluster: string): Owner | null => {
  const stat = statSync(cluster, { throwIfNoEntry: false })
  return stat === undefined || stat.uid === 0
    ? null
    : { uid: stat.uid, gid: stat.gid, name: `user ${stat.uid}` }
}

const lookUp = (name: string): Owner | null => {
  const id = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' })
  const [uid, gid] = [id('-u'), id('-g')]
  return uid.status === 0 && gid.status === 0
    ? { uid: Number(uid.stdout), gid: Number(gid.stdout), name }
    : null
}

const closedProgram = (path: string): string | null =>
  (statSync(path).mode & openAndReadable) === openAndReadable ? closedAncestor(path) : path

const closedAncestor = (path: string): string | null => {
  const parent = dirname(path)
  if ((statSync(parent).mode & open) === 0) return parent
  return parent === path ? null : closedAncestor(parent)
}
