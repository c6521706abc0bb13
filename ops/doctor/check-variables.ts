// Whether the Workers would start with these variables and secrets: asked of the code that reads them when it starts.
import { flawsOf } from '../../src/runtime/config.ts'
import { optionalSecrets } from '../../src/runtime/database-config.ts'
import { type Finding, findingsOf } from './finding.ts'
import { type Setup, workersOf } from './setup.ts'

const { wrong } = findingsOf('variables')
const secrets = findingsOf('secrets')

export type Variables = Readonly<Record<string, string | undefined>>

/** `given`: secrets as the shell has them; those that it has not are not judged. */
export const checkVariables = (setup: Setup, given: Variables): readonly Finding[] => {
  const judged = workersOf(setup).flatMap(({ worker, file, here }) => {
    const required = here.secrets?.required ?? []
    const optional: readonly string[] = required.includes('DATABASE_URL') ? optionalSecrets : []
    const read = [...required, ...optional]
    const known = Object.fromEntries(read.flatMap((name) => (given[name] ? [[name, given[name]]] : [])))
    return flawsOf(worker, { ...here.vars, ...known }).flatMap(({ name: path, message }): Finding[] => {
      const [name = path] = path.split('.') // a flaw may lie within a value
      if (name in here.vars)
        return [wrong(`${file}: ${name} ${message}.`, `Change it under [env.${setup.env}.vars].`)]
      if (!read.includes(name))
        return [wrong(`${worker} needs ${name}, which ${file} does not declare.`, declare(setup.env, name))]
      return name in known ? [secrets.wrong(`${path}: ${message}.`, remedyOf(name))] : []
    })
  })
  const { ENVIRONMENT: _local, ...stands } = setup.local.edge.vars
  return [
    ...onceEach(judged),
    ...unsaid(setup, given),
    ...misnamed(setup),
    ...pinnedApart(setup),
    ...detours(setup, Object.keys(stands)),
  ]
}

const declare = (env: string, name: string) =>
  `Add it to required under [env.${env}.secrets], or to [env.${env}.vars] when it is no secret (${name}).`

/** How each secret is made; docs/deploying.md says more. */
const remedies: Readonly<Record<string, string>> = {
  DATABASE_URL: 'Take the direct connection string of the Neon branch: postgresql://….',
  ROOT_KEY: `Make one: node -p "'ep_root_' + crypto.randomBytes(32).toString('base64url')"`,
  RECEIPT_KEY: 'Make one with the command of docs/deploying.md: an Ed25519 private key as JWK with a kid.',
  WEBHOOK_KEY: `Make one: node -p "crypto.randomBytes(32).toString('base64url')"; edge and archive have the same.`,
  TURNSTILE_SECRET: 'Make a widget in the dashboard under Turnstile, and take its secret key.',
  UPSTASH_REDIS_REST_URL: 'Take the REST URL of the Upstash database: https://….',
}

const remedyOf = (name: string) => remedies[name] ?? `Set ${name} as docs/deploying.md says.`

/** Two Workers read the same secret: it is wrong once. */
const onceEach = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map((finding) => [`${finding.check} ${finding.what}`, finding])).values(),
]

const unsaid = (setup: Setup, given: Variables): readonly Finding[] => {
  const required = new Set(workersOf(setup).flatMap(({ here }) => here.secrets?.required ?? []))
  const names = [...required].filter((name) => !given[name])
  if (names.length === 0) return []
  return [
    secrets.unasked(`Not given, so not judged: ${names.join(', ')}.`, 'Put them into the environment first.'),
  ]
}

const misnamed = (setup: Setup): readonly Finding[] =>
  workersOf(setup)
    .filter(({ here }) => here.vars['ENVIRONMENT'] !== setup.env)
    .map(({ file, here }) =>
      wrong(`${file}: ENVIRONMENT is ${String(here.vars['ENVIRONMENT'])}.`, `Set it to ${setup.env}.`),
    )

/** Edge and archive must look for a workspace in the same database. */
const pinnedApart = (setup: Setup): readonly Finding[] => {
  const { edge, archive } = setup.here
  return edge.vars['DATABASE_PINS'] === archive.vars['DATABASE_PINS']
    ? []
    : [
        wrong(
          'DATABASE_PINS is not the same for edge and archive: one would write where the other does not look.',
          `Make it the same under [env.${setup.env}.vars] of both.`,
        ),
      ]
}

/** A stand-in of this machine must not answer for the real thing: addresses of ours point to this machine or to nobody. */
const detours = (setup: Setup, names: readonly string[]): readonly Finding[] =>
  workersOf(setup).flatMap(({ file, here }) =>
    names
      .filter((name) => /localhost|127\.0\.0\.1|\[::1\]/.test(String(here.vars[name] ?? '')))
      .map((name) =>
        wrong(`${file}: ${name} points to this machine.`, 'Leave it empty: then it is the real one.'),
      ),
  )
