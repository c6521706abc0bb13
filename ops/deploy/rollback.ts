// Takes Workers back to a version that ran before: one of them, or all, the last published first.
import { Option } from 'commander'
import type { WorkerName } from '../../dev/worker-names.ts'
import { keptVersions } from './history.ts'
import { addressOf, prove, requireKey } from './prove.ts'
import { step } from './step.ts'
import { type Target, targetOf } from './target.ts'

/** Against the order of publishing: whoever speaks goes back before who is spoken to. */
const backwards = ['edge', 'archive', 'count'] as const satisfies readonly WorkerName[]

interface More {
  readonly worker: WorkerName | 'all'
  readonly to: string | null
}

/** Where a Worker goes back to, and from where. */
interface Move {
  readonly worker: WorkerName
  readonly from: string
  readonly to: string
}

await step<More>(
  'rollback',
  'Runs the version again that ran before, or any that did; then votes. Tables stay: they only ever gain.',
  async (order) => {
    const { worker, to, dryRun } = order
    if (to !== null && worker === 'all')
      throw new Error('--to is a version of one Worker: say which, --worker edge.')
    if (!dryRun && addressOf(null) !== null) requireKey()
    const target = await targetOf(order)
    const workers = worker === 'all' ? backwards : [worker]
    // All is asked before anything is done.
    const moves: Move[] = []
    for (const each of workers) {
      const move = await moveOf(target, each, to)
      if (move !== null) moves.push(move)
      else console.log(`${each} stays: no version ran before it but such as were gone back from.`)
    }
    if (moves.length === 0) throw new Error('There is no version to go back to: --to names any that ran.')
    for (const move of moves) {
      const words = `${move.worker} from ${move.from} to ${move.to}`
      console.log(dryRun ? `Would take ${words}.` : `Taking ${words}.`)
      if (!dryRun) await target.activate(move.worker, move.to)
    }
    if (dryRun) return
    const edge = moves.find((move) => move.worker === 'edge')
    await prove({ ...order, version: edge?.to ?? null })
  },
  {
    local: true,
    options: [
      new Option('--worker <name>', 'which').choices([...backwards, 'all']).default('all'),
      new Option('--to <version>', 'which version; unless said, the one that ran before').default(null),
    ],
  },
)

/** null: there is nothing to go back to. */
async function moveOf(target: Target, worker: WorkerName, wanted: string | null): Promise<Move | null> {
  const deployments = await target.deployments(worker)
  const from = deployments.at(-1)?.version
  if (deployments.some(({ version, standIn }) => standIn && version === wanted))
    throw new Error(`${wanted} is the stand-in that prepare made: it does nothing.`)
  const to = wanted ?? keptVersions(deployments).at(-2)
  return from === undefined || to === undefined ? null : { worker, from, to }
}
