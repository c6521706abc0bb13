// Publishes one Worker and votes; where that fails, the version before runs again and the step has failed.
import type { WorkerName } from '../../dev/worker-names.ts'
import { addressOf, prove, requireKey } from './prove.ts'
import { type Target, type TargetOrder, targetOf } from './target.ts'

interface Needs {
  readonly targetOf: (order: TargetOrder) => Promise<Target>
  readonly prove: typeof prove
}

/** Answers where the Worker can be reached, null for one without an address or in a dry run. */
export const release = async (
  order: TargetOrder,
  worker: WorkerName,
  needs: Needs = { targetOf, prove },
): Promise<string | null> => {
  const target = await needs.targetOf(order)
  if (order.dryRun) {
    await target.rehearse(worker)
    return null
  }
  if (worker === 'edge' || addressOf(null) !== null) requireKey()
  const running = (await target.deployments(worker)).at(-1)
  // A stand-in that ran again would take messages and keep none.
  const before = running === undefined || running.standIn ? null : running.version
  const { version, url } = await target.publish(worker)
  console.log(`Published ${worker} ${version}; before it ran ${before ?? 'none'}.`)
  try {
    await needs.prove({ ...order, url, version: worker === 'edge' ? version : null })
  } catch (error) {
    const why = messageOf(error)
    if (before === null || before === version)
      throw new Error(`${worker} ${version} does not do: ${why} There is no version before it to go back to.`)
    await target.activate(worker, before).catch((second: unknown) => {
      throw new Error(
        `${worker} ${version} does not do: ${why} It still runs, for ${before} does not run again: ${messageOf(second)}`,
        { cause: error },
      )
    })
    throw new Error(`${worker} ${version} does not do: ${why} ${before} runs again.`)
  }
  return url
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
