// The database of a preview, against a server that answers as Neon's API does and leads to a real Postgres.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { projectRoot } from '../../dev/settings.ts'
import { inScratch } from '../../ops/deploy/step.ts'
import { withPostgres } from '../support/postgres.ts'

// A Postgres takes longer to begin than what this project's other files need.
vi.setConfig({ hookTimeout: 120_000 })
const postgres = withPostgres()

interface Branch {
  readonly id: string
  readonly name: string
  readonly parent_id?: string
  readonly default?: boolean
  readonly protected?: boolean
}

const main: Branch = { id: 'br-main', name: 'main', default: true }
const staging: Branch = { id: 'br-staging', name: 'staging', protected: true }

let server: Server | null = null
afterEach(() => void server?.close())

/** A project with these branches; a new one is being made for as long as it takes to be asked twice. */
const aProject = async (...given: readonly Branch[]) => {
  const project = {
    branches: [...given],
    asked: [] as string[],
    busy: 0,
    broken: null as number | null,
    url: '',
    uri: postgres.url,
  }
  const answers: readonly [RegExp, (path: string, body: string) => unknown][] = [
    [/^GET \/projects\/p\/branches$/, () => ({ branches: project.branches })],
    [
      /^POST \/projects\/p\/branches$/,
      (_path, body) => {
        const { branch, endpoints } = JSON.parse(body)
        if (endpoints?.[0]?.type !== 'read_write') return null
        const made = { id: 'br-new', ...branch }
        project.branches.push(made)
        project.busy = 2
        return { branch: made }
      },
    ],
    [
      /^GET \/projects\/p\/operations$/,
      () => {
        const status = project.busy-- > 0 ? 'running' : 'finished'
        return {
          operations: [
            { branch_id: 'br-new', status },
            { branch_id: 'br-main', status: 'running' },
          ],
        }
      },
    ],
    [
      /^GET \/projects\/p\/branches\/br-new\/databases$/,
      () => ({ databases: [{ name: 'polls', owner_name: 'ann' }] }),
    ],
    [/^GET \/projects\/p\/connection_uri\?/, () => ({ uri: project.uri })],
    [
      /^DELETE \/projects\/p\/branches\/br-new$/,
      () => {
        project.branches = project.branches.filter(({ id }) => id !== 'br-new')
        return {}
      },
    ],
  ]
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const asked = `${request.method} ${request.url}`
    project.asked.push(asked)
    const allowed = request.headers.authorization === 'Bearer neon-key'
    const answer = answers.find(([path]) => path.test(asked))?.[1](request.url ?? '', body) ?? null
    const status = project.broken ?? (allowed ? (answer === null ? 404 : 200) : 401)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(status === 200 ? answer : { message: 'that went wrong' }))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  project.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
  return project
}

const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [join(projectRoot, 'ops/deploy/neon-branch.ts'), ...args], {
      // What a runner of GitHub has set for its own is not for this.
      env: {
        ...process.env,
        ...{ GITHUB_ENV: '', GITHUB_OUTPUT: '', GITHUB_ACTIONS: '', NEON_PARENT_BRANCH: 'staging' },
        ...{ NEON_API_KEY: 'neon-key', NEON_PROJECT_ID: 'p' },
        ...env,
      },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.once('close', (code) => resolve({ code, out, err }))
  })

/** Two owners' webhooks, as the parent of a preview has them, and what is under way to them. */
const copyOfTheParent = async () => {
  await postgres.query('truncate webhooks, deliveries')
  await postgres.query(
    `insert into webhooks (id, workspace_id, url, description, events, generation, created_at)
     select 'wh_' || n, 'ws_' || n, 'https://owner.example/' || n, '', '{poll.closed}', 1, now() from generate_series(1, 2) n`,
  )
  await postgres.query(
    `insert into deliveries (id, workspace_id, webhook_id, event, poll_id, payload, state, attempts, created_at, next_at)
     select 'dl_' || state, 'ws_1', 'wh_1', 'poll.closed', 'poll_1', '{}', state, 1, now(), now()
     from unnest('{pending,delivered,failed}'::text[]) state`,
  )
}
const whatIsLeft = () =>
  postgres.query(`select id from webhooks union all select id from deliveries order by id`)

test('is made from the branch that is named, and what is handed on is its direct address', async () => {
  const project = await aProject(main, staging)
  const { code, out, err } = await run(['create', '--branch', 'feature'], { NEON_API_URL: project.url })
  expect([code, out], err).toEqual([0, `${postgres.url}\n`])
  expect(err).not.toContain(postgres.url)
  expect(project.asked.at(-1)).toMatch(
    /connection_uri\?branch_id=br-new&database_name=polls&role_name=ann&pooled=false$/,
  )
  expect(project.branches.at(-1)).toMatchObject({ name: 'preview/on-feature', parent_id: 'br-staging' })
  // Not before Neon was done with it.
  expect(project.asked.filter((each) => each.endsWith('/operations'))).toHaveLength(3)
}, 60_000)

test('is used again when it is there: a second push makes no second one', async () => {
  const project = await aProject(main, staging, { id: 'br-new', name: 'preview/on-feature' })
  const { code, out } = await run(['create', '--branch', 'feature'], { NEON_API_URL: project.url })
  expect([code, out]).toEqual([0, `${postgres.url}\n`])
  expect(project.asked.filter((each) => each.startsWith('POST'))).toEqual([])
}, 60_000)

test.each([
  ['new', [] as readonly Branch[]],
  // Its making may have been cut off before it was silenced.
  ['there already', [{ id: 'br-new', name: 'preview/on-feature' }]],
])(
  'nothing can be sent from one that is %s: it has no webhooks and no delivery that is due',
  async (_which, there) => {
    await copyOfTheParent()
    const project = await aProject(main, staging, ...there)
    const { code, err } = await run(['create', '--branch', 'feature'], { NEON_API_URL: project.url })
    expect(code, err).toBe(0)
    // What has an end is data as any other.
    expect(await whatIsLeft()).toEqual([{ id: 'dl_delivered' }, { id: 'dl_failed' }])
  },
  60_000,
)

test('one of a parent without tables has nothing to be silenced', async () => {
  await postgres.query('create schema bare')
  const project = await aProject(main, staging)
  project.uri = `${postgres.url}${postgres.url.includes('?') ? '&' : '?'}options=-csearch_path%3Dbare`
  const { code, out, err } = await run(['create', '--branch', 'feature'], { NEON_API_URL: project.url })
  expect([code, out], err).toEqual([0, `${project.uri}\n`])
}, 60_000)

test('one that cannot be silenced is handed to nobody', async () => {
  const project = await aProject(main, staging)
  project.uri = 'postgresql://ann:secret@127.0.0.1:1/polls'
  const unreachable = await run(['create', '--branch', 'feature'], { NEON_API_URL: project.url })
  expect([unreachable.code, unreachable.out]).toEqual([1, ''])
  expect(unreachable.err).toContain('127.0.0.1:1')
  expect(unreachable.err).not.toContain('secret')

  await copyOfTheParent()
  project.uri = postgres.url
  await postgres.query('alter table deliveries rename column state to other')
  try {
    const refused = await run(['create', '--branch', 'feature'], { NEON_API_URL: project.url })
    expect([refused.code, refused.out]).toEqual([1, ''])
    // Half of it is not done.
    expect(await whatIsLeft()).toHaveLength(5)
  } finally {
    await postgres.query('alter table deliveries rename column other to state')
  }
}, 60_000)

test('on GitHub its address is hidden in the logs and an output of its step, which no other step sees unasked', async () => {
  const project = await aProject(main, staging)
  await inScratch(async (folder) => {
    const noted = join(folder, 'output')
    const everybody = join(folder, 'env')
    const env = {
      NEON_API_URL: project.url,
      GITHUB_OUTPUT: noted,
      GITHUB_ENV: everybody,
      GITHUB_ACTIONS: 'true',
    }
    const { code, out, err } = await run(['create', '--branch', 'feature'], env)
    expect([code, out]).toEqual([0, `::add-mask::${postgres.url}\n`])
    expect(err).not.toContain(postgres.url)
    expect(readFileSync(noted, 'utf8')).toBe(`database-url=${postgres.url}\n`)
    expect(existsSync(everybody)).toBe(false)
  })
}, 60_000)

test('is taken away; what is gone already is no failure', async () => {
  const project = await aProject(main, { id: 'br-new', name: 'preview/on-feature' })
  const env = { NEON_API_URL: project.url }
  expect((await run(['delete', '--branch', 'feature'], env)).code).toBe(0)
  expect(project.branches).toEqual([main])
  expect((await run(['delete', '--branch', 'feature'], env)).code).toBe(0)
  // No name of a branch leads to what is not a preview's.
  expect((await run(['delete', '--branch', 'main'], env)).err).toContain('no database preview/on-main')
  expect(project.branches).toEqual([main])
}, 60_000)

test('whatever keeps it from being made is said in a sentence, without a key', async () => {
  const project = await aProject(main)
  const env = { NEON_API_URL: project.url }
  const no = await run(['create', '--branch', 'feature'], { ...env, NEON_PARENT_BRANCH: 'nowhere' })
  expect([no.code, no.err]).toEqual([1, 'The project has no branch nowhere.\n'])
  // Never of the default branch by itself, which may be production's.
  const unsaid = await run(['create', '--branch', 'feature'], { ...env, NEON_PARENT_BRANCH: '' })
  expect([unsaid.code, unsaid.err]).toEqual([1, 'Not set: NEON_PARENT_BRANCH.\n'])
  project.broken = 500
  const broken = await run(['create', '--branch', 'feature'], env)
  expect([broken.code, broken.err]).toEqual([1, 'Neon answered 500 to GET /branches: that went wrong\n'])
  const unset = await run(['create', '--branch', 'feature'], { ...env, NEON_API_KEY: '' })
  expect([unset.code, unset.err]).toEqual([1, 'Not set: NEON_API_KEY.\n'])
}, 60_000)
