// What GitHub runs: valid, named by what it is and not by a tag that somebody else can move, in the order in which a deployment is
// safe, and never with an input of a stranger as part of a script.
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { validateWorkflow } from '@action-validator/core'
import { describe, expect, test } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'
import { parse } from 'yaml'
import { projectRoot } from '../../dev/settings.ts'
import { configPathOf, workerNames } from '../../dev/worker-names.ts'
import { optionalSecretsOf } from '../../ops/deploy/optional-secrets.ts'
import { inScratch } from '../../ops/deploy/step.ts'

const workflows = globSync('.github/workflows/*.yml', { cwd: projectRoot })
const textOf = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

interface Step {
  readonly id?: string
  readonly name?: string
  readonly run?: string
  readonly uses?: string
  readonly env?: Readonly<Record<string, string>>
}

interface Job {
  readonly needs?: string | readonly string[]
  readonly if?: string
  readonly outputs?: Readonly<Record<string, string>>
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
  readonly environment?: string | { readonly name: string }
  readonly env?: Readonly<Record<string, string>>
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean }
  readonly 'timeout-minutes'?: number
  readonly steps?: readonly Step[]
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly concurrency?: Job['concurrency']
  readonly jobs: Readonly<Record<string, Job>>
}

const workflow = (name: string): Workflow => parse(textOf(`.github/workflows/${name}.yml`))
const job = (name: string, which: string): Job => {
  const found = workflow(name).jobs[which]
  if (found === undefined) throw new Error(`${name} has no job ${which}`)
  return found
}
/** As GitHub writes what it fills in. */
const expression = (inner: string): string => ['$', `{{ ${inner} }}`].join('')
/** The scripts of ops/deploy that a job runs, in order. */
const scriptsOf = ({ steps = [] }: Job): readonly string[] =>
  steps.flatMap(({ run = '' }) =>
    [...run.matchAll(/node ops\/deploy\/([a-z-]+)\.ts/g)].map(([, name = '']) => name),
  )

test('there are workflows to look at', () => {
  expect(workflows.length).toBeGreaterThanOrEqual(5)
})

describe.each(workflows)('%s', (file) => {
  const { jobs } = parse(textOf(file)) as Workflow

  test('is a workflow by the schema GitHub publishes', () => {
    expect(validateWorkflow(textOf(file)).errors).toEqual([])
  })

  test('pins every action by its commit, and asks for no right it does not need', () => {
    const text = textOf(file)
    const used = [...text.matchAll(/^\s*(?:- )?uses: (\S+)/gm)].map(([, action = '']) => action)
    expect(used.length).toBeGreaterThan(0)
    // One of this repository is of the same commit.
    const others = used.filter((action) => !/^\.\/\.github\/workflows\/[a-z]+\.yml$/.test(action))
    expect(others.filter((action) => !/^[\w./-]+@[0-9a-f]{40}$/.test(action))).toEqual([])
    expect(text).toMatch(/^permissions:\n {2}contents: read\n(?! )/m)
    expect(text).not.toMatch(/pull_request_target/)
    expect(text).not.toMatch(/: write\b/)
  })

  test('puts no expression into a script, where a name of a branch would be run', () => {
    const runs = Object.values(jobs).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? []))
    expect(runs.filter((run) => run.includes('${{'))).toEqual([])
  })

  test('ends every job that hangs', () => {
    const endless = Object.entries(jobs).filter(
      ([, each]) => each.uses === undefined && !each['timeout-minutes'],
    )
    expect(endless.map(([name]) => name)).toEqual([])
  })

  test('runs scripts that are there, and gives no secret to a job without an environment', () => {
    for (const each of Object.values(jobs)) {
      for (const script of scriptsOf(each))
        expect(globSync(`ops/deploy/${script}.ts`, { cwd: projectRoot })).toHaveLength(1)
      if (/\$\{\{ secrets\./.test(JSON.stringify(each))) expect(each.environment).toBeDefined()
    }
  })
})

test('a validator that finds nothing in a broken workflow would prove nothing', () => {
  const broken = textOf('.github/workflows/ci.yml').replace('runs-on:', 'runs-at:')
  expect(validateWorkflow(broken).errors.length).toBeGreaterThan(0)
})

test('an environment is brought to a commit in the order prepare, migrate, count, archive, edge', () => {
  expect(scriptsOf(job('release', 'release'))).toEqual(['prepare', 'migrate', 'count', 'archive', 'edge'])
  expect(scriptsOf(job('preview', 'publish'))).toEqual([
    'neon-branch',
    'prepare',
    'migrate',
    'count',
    'archive',
    'edge',
  ])
})

test.each([
  ['release', 'release', 'staging'],
  ['preview', 'publish', 'preview'],
] as const)('%s gives each Worker the secrets that its configuration requires', (name, which, env) => {
  const { steps = [], env: shared = {} } = job(name, which)
  for (const worker of workerNames) {
    const { secrets } = readConfig({ config: configPathOf(worker), env }, { hideWarnings: true })
    const given = { ...shared, ...steps.find((step) => step.name === worker)?.env }
    const known = new Set(Object.keys(given))
    expect(
      (secrets?.required ?? []).filter((secret: string) => !known.has(secret)),
      worker,
    ).toEqual([])
  }
})

test.each(workerNames)('a release gives %s the secrets that it may have, too', (worker) => {
  const { steps = [] } = job('release', 'release')
  const { secrets } = readConfig({ config: configPathOf(worker), env: 'staging' }, { hideWarnings: true })
  const optional = optionalSecretsOf(secrets?.required ?? [])
  expect(optional).toContain('OTEL_EXPORTER_OTLP_ENDPOINT')
  expect(steps.find(({ name }) => name === worker)?.env).toMatchObject(
    Object.fromEntries(optional.map((name) => [name, expression(`secrets.${name}`)])),
  )
})

test('every step of a release can ask the API with a key, so that it votes', () => {
  const { env, steps = [] } = job('release', 'release')
  expect(env?.['EDGE_URL']).toBe(expression('vars.EDGE_URL'))
  const keys = steps
    // There is nothing to ask about what prepare makes.
    .filter(({ name }) => name !== undefined && name !== 'prepare')
    .map((step) => [step.name, step.env?.['PROBE_KEY']])
  expect(keys).toEqual(
    ['migrate', 'count', 'archive', 'edge'].map((name) => [name, expression('secrets.PROBE_KEY')]),
  )
})

test('the address of a preview’s database is seen by the steps that use it, and by no other', () => {
  const { steps = [] } = job('preview', 'publish')
  const address = expression('steps.database.outputs.database-url')
  expect(steps.find(({ id }) => id === 'database')?.run).toContain('neon-branch.ts create')
  expect(
    steps
      .filter(({ env = {} }) => Object.values(env).some((value) => value.includes('steps.database')))
      .map(({ name, env }) => [name, env?.['DATABASE_URL']]),
  ).toEqual(['migrate', 'archive', 'edge'].map((name) => [name, address]))
})

test.each(workflows)(
  '%s shows no secret to what is installed: only the step that needs one has it',
  (file) => {
    const { jobs } = parse(textOf(file)) as Workflow
    const shared = Object.values(jobs).flatMap(({ env = {} }) => Object.entries(env))
    // The number of an account is none.
    const secret = shared.filter(
      ([name, value]) => /secrets\./.test(value) && name !== 'CLOUDFLARE_ACCOUNT_ID',
    )
    expect(secret).toEqual([])
  },
)

test('main goes to staging once CI has passed, and production comes after staging, asked for and approved', () => {
  const { on, jobs } = workflow('deploy')
  expect(on['workflow_run']).toEqual({ workflows: ['ci'], types: ['completed'], branches: ['main'] })
  expect(jobs['checked']?.if).toContain("workflow_run.conclusion == 'success'")
  const { staging, production } = jobs
  expect(staging).toMatchObject({
    needs: 'checked',
    if: "needs.checked.outputs.go == 'true'",
    with: { environment: 'staging' },
  })
  expect(jobs['checked']?.outputs?.['go']).toBe(expression('steps.go.outputs.go'))
  expect(production).toMatchObject({
    needs: ['checked', 'staging'],
    if: "github.event_name != 'workflow_run'",
    with: { environment: 'production' },
  })
  // Both publish the commit that passed, whatever has been pushed since.
  expect([staging?.with?.['ref'], production?.with?.['ref']]).toEqual([
    expression('needs.checked.outputs.commit'),
    expression('needs.checked.outputs.commit'),
  ])
  // Approval is the environment's: whoever publishes names it.
  expect(job('release', 'release').environment).toMatchObject({ name: expression('inputs.environment') })
})

test.each([
  ['a commit that is still the newest of main goes on', 'workflow_run', 'new', 'true'],
  ['a commit that main has left behind does not', 'workflow_run', 'old', 'false'],
  ['what a person asks for goes on, wherever main is', 'workflow_dispatch', 'old', 'true'],
  ['so does a release', 'release', 'old', 'true'],
])('after CI %s', async (_words, event, commit, go) => {
  const script = job('deploy', 'checked').steps?.find(({ id }) => id === 'go')?.run ?? ''
  await inScratch((folder) => {
    const gh = '#!/bin/sh\n[ "$*" = "api repos/o/r/commits/main --jq .sha" ] && echo new\n'
    writeFileSync(join(folder, 'gh'), gh, { mode: 0o755 })
    const output = join(folder, 'output')
    // As GitHub runs it.
    const { status, stderr } = spawnSync('bash', ['-e', '-c', script], {
      env: {
        ...process.env,
        ...{ PATH: `${folder}:${process.env['PATH']}`, GITHUB_OUTPUT: output },
        ...{ EVENT: event, REPOSITORY: 'o/r', COMMIT: commit },
      },
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    expect(readFileSync(output, 'utf8')).toBe(`go=${go}\n`)
  })
})

test('deployments and rollbacks of one environment never run beside each other, and none that has begun is cut off', () => {
  const never = { group: `deploy-${expression('inputs.environment')}`, 'cancel-in-progress': false }
  expect(job('release', 'release').concurrency).toEqual(never)
  expect(workflow('rollback').concurrency).toEqual(never)
  expect(scriptsOf(job('rollback', 'rollback'))).toEqual(['rollback'])
})

test('a preview goes when its pull request is closed, and strangers get none', () => {
  const { on, concurrency } = workflow('preview')
  expect(on['pull_request']).toEqual({ types: ['opened', 'reopened', 'synchronize', 'closed'] })
  expect(concurrency).toEqual({
    group: `preview-${expression('github.head_ref')}`,
    'cancel-in-progress': false,
  })
  const [publish, remove] = [job('preview', 'publish'), job('preview', 'remove')]
  const ours = 'github.event.pull_request.head.repo.full_name == github.repository'
  expect(publish.if).toBe(`github.event.action != 'closed' && ${ours}`)
  expect(remove.if).toBe(`github.event.action == 'closed' && ${ours}`)
  expect(scriptsOf(remove)).toEqual(['remove', 'neon-branch'])
  // Every step of it names the branch: without, it would publish over the common preview.
  const runs = [publish, remove].flatMap(({ steps = [] }) => steps.flatMap(({ run = '' }) => run))
  const steps = runs.filter((run) => run.includes('ops/deploy'))
  expect(steps.filter((run) => !run.includes('--branch "$BRANCH"'))).toEqual([])
})
