// Which database a workspace's data lies in: rendezvous hashing, and a table of workspaces that are pinned to one.
import { accountOf } from '../application/tenant.ts'
import { hash } from '../kernel/hash.ts'

/** Workspace id → name of a database. Written before a database is added, for the workspaces that it would take over. */
export type Pins = Readonly<Record<string, string>>

/** The name, out of `names`, of the database that a tenant's data lies in; a workspace and its tests lie in the same.
 *  Neither the order of names nor what else is there matters: adding one takes about 1/n of the workspaces, each to the
 *  new one, and removing one moves only its own (Thaler and Ravishankar 1998).
 *  @throws Error when there are no names, or a pin points to none of them: to guess would split the workspace in two. */
export const routeOf = (tenantId: string, names: readonly string[], pins: Pins = {}): string => {
  const workspaceId = accountOf(tenantId)
  const pinned = Object.hasOwn(pins, workspaceId) ? pins[workspaceId] : undefined
  if (pinned !== undefined) {
    if (names.includes(pinned)) return pinned
    throw new Error(`workspace ${workspaceId} is pinned to ${pinned}, which is not among the databases`)
  }
  const [first, ...others] = names
  if (first === undefined) throw new Error('there is no database to route to')
  let best = { name: first, score: scoreOf(first, workspaceId) }
  for (const name of others) {
    const score = scoreOf(name, workspaceId)
    // Equal scores are settled by name, so that the order of the list never decides.
    if (score > best.score || (score === best.score && name < best.name)) best = { name, score }
  }
  return best.name
}

const scoreOf = (name: string, workspaceId: string): bigint =>
  new DataView(hash(name, workspaceId).buffer).getBigUint64(0)
