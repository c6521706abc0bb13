// A branch of the database for the preview of a branch: made from the branch NEON_PARENT_BRANCH with its data, but without its
// webhooks, to which a preview would send; and taken away.
import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { branchName } from './branch-name.ts'
import { silenceWebhooks } from './silence-webhooks.ts'
import { isSet, required } from './step.ts'

const api = 'https://console.neon.tech/api/v2'
/** A branch is copied on write: it is there in seconds, its compute in a few more. */
const patienceMs = 120_000

interface Branch {
  readonly id: string
  readonly name: string
  readonly default?: boolean
  readonly protected?: boolean
}

/** One call of Neon's API, https://api-docs.neon.tech. */
const ask = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
  const { NEON_API_KEY = '', NEON_PROJECT_ID = '' } = required(['NEON_API_KEY', 'NEON_PROJECT_ID'])
  const base = process.env['NEON_API_URL'] || api
  const answer = await fetch(`${base}/projects/${encodeURIComponent(NEON_PROJECT_ID)}${path}`, {
    method,
    headers: { authorization: `Bearer ${NEON_API_KEY}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  })
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text) as Answer // what the API's documentation says of this call
  throw new Error(`Neon answered ${answer.status} to ${method} ${path.split('?')[0]}: ${messageIn(text)}`)
}

const messageIn = (text: string): string => {
  try {
    return String(JSON.parse(text).message)
  } catch {
    return text.slice(0, 200)
  }
}

const branches = async (): Promise<readonly Branch[]> =>
  (await ask<{ readonly branches: readonly Branch[] }>('GET', '/branches')).branches

/** Nothing that is asked of a branch works while it is being made. */
const untilDone = async (branch: Branch): Promise<void> => {
  const until = Date.now() + patienceMs
  for (;;) {
    const { operations } = await ask<{
      readonly operations: readonly { readonly branch_id?: string; readonly status: string }[]
    }>('GET', '/operations')
    const open = operations.filter(
      ({ branch_id: of, status }) => of === branch.id && !/^(finished|skipped|cancelled)$/.test(status),
    )
    if (open.some(({ status }) => /^(failed|error)$/.test(status)))
      throw new Error(`Neon could not make the branch ${branch.name}.`)
    if (open.length === 0) return
    if (Date.now() > until)
      throw new Error(`The branch ${branch.name} is not there after ${patienceMs / 1_000} s.`)
    await pause(500)
  }
}

/** Answers the connection string; of a branch that is there already, too. Nothing can be sent from what it leads to: a branch that
 *  is there may be one whose making was cut off, so it is silenced again. */
const create = async (name: string): Promise<string> => {
  const { NEON_PARENT_BRANCH: parent = '' } = required(['NEON_PARENT_BRANCH'])
  const all = await branches()
  const branch = all.find((each) => each.name === name) ?? (await make(name, parent, all))
  await untilDone(branch)
  const { databases } = await ask<{
    readonly databases: readonly { readonly name: string; readonly owner_name: string }[]
  }>('GET', `/branches/${branch.id}/databases`)
  const [database] = databases
  if (database === undefined) throw new Error(`The branch ${name} has no database: has its parent one?`)
  // Direct: migrations hold a lock for their session.
  const query = new URLSearchParams({
    branch_id: branch.id,
    database_name: database.name,
    role_name: database.owner_name,
    pooled: 'false',
  })
  const { uri } = await ask<{ readonly uri: string }>('GET', `/connection_uri?${query}`)
  await silenceWebhooks(uri)
  return uri
}

/** Of no branch but the one that is named: the default one may be production's. */
const make = async (name: string, parentName: string, all: readonly Branch[]): Promise<Branch> => {
  const parent = all.find((each) => each.name === parentName)
  if (parent === undefined) throw new Error(`The project has no branch ${parentName}.`)
  const { branch } = await ask<{ readonly branch: Branch }>('POST', '/branches', {
    branch: { name, parent_id: parent.id },
    endpoints: [{ type: 'read_write' }],
  })
  return branch
}

/** Only what a preview made: its name begins as no environment's does. */
const remove = async (name: string): Promise<boolean> => {
  const branch = (await branches()).find((each) => each.name === name)
  if (branch === undefined) return false
  if (branch.default === true || branch.protected === true) throw new Error(`${name} is not a preview's.`)
  await ask('DELETE', `/branches/${branch.id}`)
  return true
}

/** On GitHub to the steps that ask for it, hidden in its logs; else to whoever calls, alone on standard output. */
const hand = (uri: string): void => {
  const { GITHUB_OUTPUT, GITHUB_ACTIONS } = process.env
  if (GITHUB_ACTIONS === 'true') console.log(`::add-mask::${uri}`)
  if (isSet('GITHUB_OUTPUT')) appendFileSync(GITHUB_OUTPUT ?? '', `database-url=${uri}\n`)
  else console.log(uri)
}

const named = (branch: string): string => {
  const name = branchName(branch)
  if (name === null) throw new InvalidArgumentError('It has no letter and no digit.')
  return `preview/${name}`
}

const program = new Command('node ops/deploy/neon-branch.ts').description(
  'The database of the preview of a branch. Needs NEON_API_KEY, NEON_PROJECT_ID and, to make it, NEON_PARENT_BRANCH: what it is a copy of.',
)
program
  .command('create')
  .description(
    'makes it where it is missing, empties its webhooks, and hands on its address: as database-url to GITHUB_OUTPUT where that is set, else prints it',
  )
  .requiredOption('--branch <name>', 'of which branch', named)
  .action(async ({ branch }: { readonly branch: string }) => {
    hand(await create(branch))
    console.error(`The database ${branch} is there.`)
  })
program
  .command('delete')
  .description('takes it away, with everything in it')
  .requiredOption('--branch <name>', 'of which branch', named)
  .action(async ({ branch }: { readonly branch: string }) => {
    console.error(
      (await remove(branch)) ? `The database ${branch} is gone.` : `There is no database ${branch}.`,
    )
  })
program.showHelpAfterError('(--help says more)')
await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
