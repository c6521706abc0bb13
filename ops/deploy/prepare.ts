// Once an environment: what must be there before the first deployment. Doing it again changes nothing.
import { type Environment, step } from './step.ts'
import { namespaceIds, requireAccount, wrangler } from './wrangler.ts'

const queuesOf = (env: Environment) => [`edgepoll-ballots-dead-${env}`, `edgepoll-ballots-${env}`]
const namespaceOf = (env: Environment) => `edgepoll-reads-${env}`
const archiveOf = (env: Environment) => `edgepoll-archive-${env}`

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
  if (!wrangler(['deploy', '-c', 'ops/deploy/stand-in/wrangler.toml', '--name', name]).ok)
    throw new Error(`The stand-in for ${name} was not published.`)
}

await step(
  'prepare',
  'Makes queues and KV namespace, and a stand-in where two Workers must name each other.',
  ({ env, dryRun }) => {
    if (dryRun) {
      const things = [...queuesOf(env), namespaceOf(env), archiveOf(env)]
      console.log(`Would make, where they are missing: ${things.join(', ')}.`)
      return
    }
    requireAccount()
    for (const queue of queuesOf(env)) makeQueue(queue)
    makeNamespace(namespaceOf(env))
    makeStandIn(archiveOf(env))
  },
)
