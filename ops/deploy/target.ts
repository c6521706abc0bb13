// Where Workers are published: what an account at Cloudflare and the stack on this machine can both do.
import type { WorkerName } from '../../dev/worker-names.ts'
import type { Deployment } from './history.ts'
import { localTarget } from './local.ts'
import type { Order } from './step.ts'

export interface Published {
  /** As the platform names it. */
  readonly version: string
  /** Where it answers; null for a Worker without an address. */
  readonly url: string | null
}

export interface Target {
  /** Builds and checks, and says what would be done. @throws Error when it cannot be built. */
  rehearse(worker: WorkerName): Promise<void>
  publish(worker: WorkerName): Promise<Published>
  /** Of a Worker, the current one last; none: there is no such Worker. */
  deployments(worker: WorkerName): Promise<readonly Deployment[]>
  /** Runs a version again. @throws Error when the platform refuses. */
  activate(worker: WorkerName, version: string): Promise<void>
}

export interface TargetOrder extends Order {
  /** On this machine: a bundle that is published instead of one of these sources. */
  readonly bundle?: string
}

export const targetOf = async (order: TargetOrder): Promise<Target> => {
  if (order.env === 'local') return localTarget(order.bundle ?? null)
  // wrangler is fifteen megabytes, which a step on this machine need not load.
  const { cloudflare } = await import('./cloudflare.ts')
  return cloudflare(order)
}
