// Whether an environment binds all that this machine binds: wrangler hands nothing down to it.
import { optionalSecrets } from '../../src/runtime/database-config.ts'
import { type Finding, findingsOf } from './finding.ts'
import { type Configuration, type Setup, workersOf } from './setup.ts'

const { wrong } = findingsOf('bindings')

export const checkBindings = (setup: Setup): readonly Finding[] =>
  workersOf(setup).flatMap(({ worker, file, here, local }) => {
    if (!here.definedEnvironments?.includes(setup.env))
      return wrong(`${file} has no environment ${setup.env}.`, `Add [env.${setup.env}] with every binding.`)
    const bound = new Set(bindingsOf(here))
    return bindingsOf(local)
      .filter((binding) => !bound.has(binding) && !optional.has(binding))
      .map((binding) =>
        wrong(
          `${worker} lacks the ${binding} in ${setup.env}.`,
          `Repeat it under [env.${setup.env}] in ${file}: environments inherit no binding, variable or secret.`,
        ),
      )
  })

/** Secrets elsewhere, which need not be there; on this machine variables, so that they can be given to it. */
const optional: ReadonlySet<string> = new Set(optionalSecrets.map((name) => `variable ${name}`))

/** Everything a Worker finds in its environment, and when it is woken, as `<kind> <name>`. */
const bindingsOf = (config: Configuration): readonly string[] => [
  ...Object.keys(config.vars).map((name) => `variable ${name}`),
  ...(config.secrets?.required ?? []).map((name) => `secret ${name}`),
  ...config.durable_objects.bindings.map(({ name }) => `objects ${name}`),
  ...config.kv_namespaces.map(({ binding }) => `KV namespace ${binding}`),
  ...(config.queues.producers ?? []).map(({ binding }) => `queue ${binding}`),
  ...(config.services ?? []).map(({ binding }) => `service ${binding}`),
  ...(config.ratelimits ?? []).map(({ name }) => `rate limiter ${name}`),
  ...config.analytics_engine_datasets.map(({ binding }) => `data set ${binding}`),
  ...config.r2_buckets.map(({ binding }) => `bucket ${binding}`),
  ...(config.assets?.binding === undefined ? [] : [`files ${config.assets.binding}`]),
  ...(config.triggers.crons ?? []).map((cron) => `schedule "${cron}"`),
]
