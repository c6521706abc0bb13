// Once an environment: what must be there before the first deployment. Doing it again changes nothing.
import { join } from 'node:path'
import { type Environment, required, root, step, wrangler } from './step.ts'

const archiveOf = (env: Environment) => `edgepoll-archive-${env}`

const makeQueue = (name: string): void => {
  const { ok, said } = wrangler(['queues', 'create', name])
  if (!ok && !/already (exists|taken)|11009/i.test(said)) throw new Error(`The queue ${name} was not made.`)
}

/** The objects are bound to the archive and the archive to the objects, and neither may name a Worker that is not there.
 *  A Worker that is there is left alone: only a clear "does not exist" makes a stand-in. */
const makeStandIn = (name: string): void => {
  const known = wrangler(['deployments', 'list', '--name', name])
  if (known.ok) return
  if (!/does not exist|10007/i.test(known.said)) throw new Error(`It is not known whether ${name} exists.`)
  const standIn = join(root, 'ops', 'deploy', 'stand-in')
  if (!wrangler(['deploy', '-c', join(standIn, 'wrangler.toml'), '--name', name]).ok)
    throw new Error(`The stand-in for ${name} was not published.`)
}

await step(
  'prepare',
  'Makes the queues, and a stand-in where two Workers must name each other.',
  ({ env, dryRun }) => {
    const queues = [`edgepoll-ballots-dead-${env}`, `edgepoll-ballots-${env}`]
    if (dryRun) {
      console.log(
        `Would make the queues ${queues.join(' and ')} and the Worker ${archiveOf(env)}, where they are missing.`,
      )
      return
    }
    required(['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_ACCOUNT_ID'])
    for (const queue of queues) makeQueue(queue)
    makeStandIn(archiveOf(env))
  },
)
