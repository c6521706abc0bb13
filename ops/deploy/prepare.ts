// What must be there before a deployment, made where it is missing. Doing it again changes nothing.
import { standInTag, thingsOf, workerName } from './names.ts'
import { step } from './step.ts'
import { namespaceIds, requireAccount, wrangler } from './wrangler.ts'

const makeQueue = (name: string): void => {
  const { ok, said } = wrangler(['queues', 'create', name])
  if (!ok && !/already (exists|taken)|11009/i.test(said)) throw new Error(`The queue ${name} was not made.`)
}

const makeNamespace = (title: string): void => {
  if (namespaceIds().has(title)) return
  if (!wrangler(['kv', 'namespace', 'create', title]).ok)
    throw new Error(`The KV namespace ${title} was not made.`)
}

/** The objects are bound to the archive and the archive to the objects, and neither may name a Worker that is not there.
 *  A Worker that is there is left alone: only a clear "does not exist" makes a stand-in. */
const makeStandIn = (name: string): void => {
  const known = wrangler(['deployments', 'list', '--name', name])
  if (known.ok) return
  if (!/does not exist|10007/i.test(known.said)) throw new Error(`It is not known whether ${name} exists.`)
  const args = ['deploy', '-c', 'ops/deploy/stand-in/wrangler.toml', '--name', name, '--tag', standInTag]
  if (!wrangler(args).ok) throw new Error(`The stand-in for ${name} was not published.`)
}

await step(
  'prepare',
  'Makes queues and KV namespace, and a stand-in where two Workers must name each other.',
  (order) => {
    const { queues, namespaces } = thingsOf(order)
    const archive = workerName('archive', order)
    if (order.dryRun) {
      console.log(`Would make, where they are missing: ${[...queues, ...namespaces, archive].join(', ')}.`)
      return
    }
    requireAccount()
    for (const queue of queues) makeQueue(queue)
    for (const title of namespaces) makeNamespace(title)
    makeStandIn(archive)
  },
)
