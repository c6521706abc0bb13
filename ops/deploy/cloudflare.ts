// An account at Cloudflare as a place to publish to, by wrangler.
import { placePublished } from '../../dev/generate-published.ts'
import type { WorkerName } from '../../dev/worker-names.ts'
import type { Deployment } from './history.ts'
import { standInTag, workerName } from './names.ts'
import { publish, rehearse } from './publish.ts'
import type { Environment, Order } from './step.ts'
import type { Target } from './target.ts'
import { requireAccount, wrangler } from './wrangler.ts'

/** Stands on a deployment that was made by going back. */
const wentBack = 'ops/deploy: back to what ran before'

export const cloudflare = ({ env, branch }: Order): Target => {
  if (env === 'local') throw new Error('This machine is no account.')
  const place: { readonly env: Environment; readonly branch: string | null } = { env, branch }
  const nameOf = (worker: WorkerName) => workerName(worker, place)
  return {
    async rehearse(worker) {
      await placePublished()
      await rehearse({ ...place, worker })
    },
    async publish(worker) {
      await placePublished()
      return publish({ ...place, worker })
    },
    async deployments(worker) {
      requireAccount()
      const { ok, stdout, said } = wrangler(['deployments', 'list', '--name', nameOf(worker), '--json'], {
        quiet: true,
      })
      if (ok) return markStandIn(deploymentsIn(stdout), worker, nameOf(worker))
      if (/does not exist|10007/i.test(said)) return []
      throw new Error(`It is not known what ${nameOf(worker)} runs.`)
    },
    async activate(worker, version) {
      requireAccount()
      const name = nameOf(worker)
      if (!wrangler(['rollback', version, '--name', name, '--message', wentBack, '--yes']).ok)
        throw new Error(`${name} was not taken back to ${version}.`)
    },
  }
}

interface Listed {
  readonly created_on: string
  readonly annotations?: Readonly<Record<string, string>> | null
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[]
}

/** Of a deployment that is split the larger part counts. */
const deploymentsIn = (listed: string): readonly Deployment[] =>
  (JSON.parse(listed) as readonly Listed[]) // `wrangler deployments list --json`
    .toSorted((one, other) => Date.parse(one.created_on) - Date.parse(other.created_on))
    .flatMap(({ versions, annotations }) => {
      const [most] = versions.toSorted((a, b) => b.percentage - a.percentage)
      const back = annotations?.['workers/message'] === wentBack
      return most === undefined ? [] : [{ version: most.version_id, back, standIn: false }]
    })

/** Only the archive has one, and nothing was before it. The list of deployments does not show what a version was tagged as. */
const markStandIn = (all: readonly Deployment[], worker: WorkerName, name: string): readonly Deployment[] => {
  const [first] = all
  if (worker !== 'archive' || first === undefined) return all
  const { ok, stdout } = wrangler(['versions', 'view', first.version, '--name', name, '--json'], {
    quiet: true,
  })
  if (!ok) throw new Error(`It is not known whether ${first.version} of ${name} is a stand-in.`)
  const { annotations } = JSON.parse(stdout) as Pick<Listed, 'annotations'> // `wrangler versions view --json`
  const standIn = annotations?.['workers/tag'] === standInTag
  return all.map((each) => (each.version === first.version ? { ...each, standIn } : each))
}
