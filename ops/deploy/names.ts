// What things are called at an account: as in the configurations, but in a preview of a branch after that branch.
import { unstable_readConfig as readConfig } from 'wrangler'
import { configPathOf, type WorkerName, workerNames } from '../../dev/worker-names.ts'
import { nameIn } from './branch-name.ts'

/** The tag of a version that only stands where a Worker will be (ops/deploy/prepare.ts). */
export const standInTag = 'stand-in'

/** What a Worker is called. */
export const workerName = (
  worker: WorkerName,
  { env, branch }: { readonly env: string; readonly branch: string | null },
): string => {
  const { name = '' } = readConfig({ config: configPathOf(worker), env }, { hideWarnings: true })
  return nameIn(name, branch)
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
