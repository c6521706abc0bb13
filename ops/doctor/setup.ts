// What is to be examined: the three configurations as wrangler reads them, for this machine and for every environment.
import { join } from 'node:path'
import { unstable_readConfig as readConfig } from 'wrangler'
import { configOf, type WorkerName, workerNames } from '../../dev/worker-names.ts'
import { type Environment, environments } from '../deploy/step.ts'

/** The part of a configuration that is read here, as wrangler gives it: its own types are of a package it does not bring. */
export interface Configuration {
  readonly name?: string
  readonly main?: string
  readonly definedEnvironments?: readonly string[]
  readonly compatibility_date?: string
  readonly compatibility_flags: readonly string[]
  readonly workers_dev?: boolean
  readonly routes?: readonly unknown[]
  readonly route?: unknown
  readonly vars: Readonly<Record<string, unknown>>
  readonly secrets?: { readonly required?: readonly string[] }
  readonly cache?: { readonly enabled?: boolean }
  readonly durable_objects: {
    readonly bindings: readonly {
      readonly name: string
      readonly class_name: string
      readonly script_name?: string
    }[]
  }
  readonly migrations: readonly {
    readonly tag: string
    readonly new_classes?: readonly string[]
    readonly new_sqlite_classes?: readonly string[]
    readonly renamed_classes?: readonly { readonly from: string; readonly to: string }[]
    readonly deleted_classes?: readonly string[]
  }[]
  readonly kv_namespaces: readonly { readonly binding: string; readonly id?: string }[]
  readonly queues: {
    readonly producers?: readonly { readonly binding: string; readonly queue: string }[]
    readonly consumers?: readonly QueueConsumer[]
  }
  readonly services?: readonly { readonly binding: string; readonly service: string }[]
  readonly ratelimits?: readonly {
    readonly name: string
    readonly namespace_id: string
    readonly simple: { readonly limit: number; readonly period: number }
  }[]
  readonly analytics_engine_datasets: readonly { readonly binding: string }[]
  readonly r2_buckets: readonly { readonly binding: string }[]
  readonly assets?: { readonly binding?: string }
  readonly triggers: { readonly crons?: readonly string[] }
}

export interface QueueConsumer {
  readonly queue: string
  readonly dead_letter_queue?: string
  readonly max_batch_size?: number
  readonly max_batch_timeout?: number
  readonly max_concurrency?: number | null
  readonly max_retries?: number
  readonly retry_delay?: number
}

export interface Setup {
  readonly env: Environment
  /** As configured for the environment. */
  readonly here: Readonly<Record<WorkerName, Configuration>>
  /** Outside every environment, on this machine: what the code is written against. */
  readonly local: Readonly<Record<WorkerName, Configuration>>
  /** Every environment but this one. */
  readonly others: readonly Readonly<Record<WorkerName, Configuration>>[]
}

/** @throws what wrangler says of a configuration it cannot read. */
export const readSetup = (root: string, env: Environment): Setup => ({
  env,
  here: readAll(root, env),
  local: readAll(root, ''),
  others: environments.filter((other) => other !== env).map((other) => readAll(root, other)),
})

const readAll = (root: string, env: string): Readonly<Record<WorkerName, Configuration>> => {
  const read = (worker: WorkerName) =>
    readConfig({ config: join(root, configOf(worker)), env }, { hideWarnings: true })
  return { edge: read('edge'), count: read('count'), archive: read('archive') }
}

/** Each Worker with its configurations. */
export const workersOf = ({ here, local }: Setup) =>
  workerNames.map((worker) => ({ worker, file: configOf(worker), here: here[worker], local: local[worker] }))

/** A configuration without an id of its own has none of the account's yet: then the id is a title. */
export const isAccountId = (id: string): boolean => /^[0-9a-f]{32}$/.test(id)
