// Publishes one Worker and votes; where that fails, the version before runs again and the step has failed.
import type { WorkerName } from '../../dev/worker-names.ts'
import { addressOf, prove, requireKey } from './prove.ts'
import { type TargetOrder, targetOf } from './target.ts'

/** Answers where the Worker can be reached, null for one without an address or in a dry run. */
export const release = async (order: TargetOrder, worker: WorkerName): Promise<string | null> => {
  const target = await targetOf(order)
  if (order.dryRun) {
    await target.rehearse(worker)
    return null
  }
  if (worker === 'edge' || addressOf(null) !== null) requireKey()
  const before = (await target.deployments(worker)).at(-1)?.version ?? null
  const { version, url } = await target.publish(worker)
  console.log(`Published ${worker} ${version}; before it ran ${before ?? 'none'}.`)
  try {
    await prove({ ...order, url, version: worker === 'edge' ? version : null })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    if (before === null || before === version)
      throw new Error(`${worker} ${version} does not do: ${why} There is no version before it to go back to.`)
    await target.activate(worker, before)
    throw new Error(`${worker} ${version} does not do: ${why} ${before} runs again.`)
  }
  return url
}
