// What things are called at an account: as in the configurations, but in a preview of a branch after that branch.
import { createHash } from 'node:crypto'
import { unstable_readConfig as readConfig } from 'wrangler'
import { configPathOf, type WorkerName, workerNames } from '../../dev/worker-names.ts'

/** A name of the common preview, `edgepoll-edge-preview`, in the preview of a branch. */
export const nameIn = (name: string, branch: string | null): string =>
  branch === null ? name : name.replace(/-preview$/, `-${branch}`)

/** What a Worker is called. */
export const workerName = (
  worker: WorkerName,
  { env, branch }: { readonly env: string; readonly branch: string | null },
): string => {
  const { name = '' } = readConfig({ config: configPathOf(worker), env }, { hideWarnings: true })
  return nameIn(name, branch)
}

/** A branch as part of a host name: lower case, digits, hyphens, at most 33. Two branches never share one, and none is an
 *  environment or makes a queue of ballots look like the one of dead letters. null: there is nothing in it to be named by. */
export const branchName = (branch: string): string | null => {
  const name = branch
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (name === '') return null
  const hash = createHash('sha256').update(branch).digest('hex').slice(0, 8)
  // What was changed or cut off may have been the whole difference.
  return name === branch && name.length <= 30
    ? `on-${name}`
    : `on-${name.slice(0, 21).replace(/-+$/, '')}-${hash}`
}

export interface Things {
  /** In an order in which they can be taken away: who is called after those who call. */
  readonly workers: readonly string[]
  readonly queues: readonly string[]
  /** Titles of KV namespaces. */
  readonly namespaces: readonly string[]
}

/** Whatever the configurations name in an environment. */
export const thingsOf = (place: { readonly env: string; readonly branch: string | null }): Things => {
  const configs = workerNames.map((worker) =>
    readConfig({ config: configPathOf(worker), env: place.env }, { hideWarnings: true }),
  )
  const queues = configs.flatMap(({ queues: { producers = [], consumers = [] } }) => [
    ...producers.map(({ queue }: { readonly queue: string }) => queue),
    ...consumers.flatMap((consumer: { readonly queue: string; readonly dead_letter_queue?: string }) =>
      [consumer.queue, consumer.dead_letter_queue ?? []].flat(),
    ),
  ])
  const titles = configs.flatMap(({ kv_namespaces: namespaces }) =>
    namespaces.flatMap(({ id }: { readonly id?: string }) => id ?? []),
  )
  const named = (names: readonly string[]) => [...new Set(names)].map((name) => nameIn(name, place.branch))
  const workers = (['edge', 'archive', 'count'] as const).map((worker) => workerName(worker, place))
  return { workers, queues: named(queues), namespaces: named(titles) }
}
