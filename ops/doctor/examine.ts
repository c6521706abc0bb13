// Everything the doctor looks at, in the order in which it is best mended.
import type { Environment } from '../deploy/step.ts'
import { checkAccount } from './check-account.ts'
import { checkBindings } from './check-bindings.ts'
import { checkDatabase } from './check-database.ts'
import { checkEdge } from './check-edge.ts'
import { checkNames } from './check-names.ts'
import { checkObjects } from './check-objects.ts'
import { checkCache, checkPlatform } from './check-platform.ts'
import { checkQueues } from './check-queues.ts'
import { checkQuotas } from './check-quotas.ts'
import { checkRedis } from './check-redis.ts'
import { checkTurnstile } from './check-turnstile.ts'
import { checkVariables } from './check-variables.ts'
import { type Finding, findingsOf } from './finding.ts'
import { readSetup, type Setup } from './setup.ts'
import { reasonOf, type World } from './world.ts'

/** What is wrong with an environment, by the configurations below `root` and by what the world answers. */
export const examine = async (root: string, env: Environment, world: World): Promise<readonly Finding[]> => {
  const setup = setupOf(root, env)
  if ('check' in setup) return [setup]
  const asked = await Promise.all([
    checkDatabase(env, world),
    checkRedis(world),
    checkTurnstile(world),
    checkAccount(setup, world),
    checkEdge(world),
  ])
  return [...configured(setup, world), ...asked.flat()]
}

const configured = (setup: Setup, world: World): readonly Finding[] => [
  ...checkBindings(setup),
  ...checkNames(setup),
  ...checkObjects(setup),
  ...checkQueues(setup),
  ...checkPlatform(setup, world.now()),
  ...checkCache(setup),
  ...checkQuotas(setup),
  ...checkVariables(setup, world.given),
]

const setupOf = (root: string, env: Environment): Setup | Finding => {
  try {
    return readSetup(root, env)
  } catch (error) {
    return findingsOf('configuration').wrong(reasonOf(error), 'Mend the file: wrangler cannot read it.')
  }
}
