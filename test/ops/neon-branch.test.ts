// The database of a preview, against a server that answers as Neon's API does.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { projectRoot } from '../../dev/settings.ts'
import { inScratch } from '../../ops/deploy/step.ts'

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
    [
      /^GET \/projects\/p\/connection_uri\?/,
      (path) => {
        const query = new URL(path, 'http://neon').searchParams
        return {
          uri: `postgresql://${query.get('role_name')}:secret@${query.get('branch_id')}/${query.get('database_name')}?pooled=${query.get('pooled')}`,
        }
      },
    ],
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
        ...{ GITHUB_ENV: '', GITHUB_ACTIONS: '', NEON_PARENT_BRANCH: '' },
        ...{ NEON_API_KEY: 'neon-key', NEON_PROJECT_ID: 'p' },
        ...env,
      },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.once('close', (code) => resolve({ code, out, err }))
  })

const uri = 'postgresql://ann:secret@br-new/polls?pooled=false'

test('is made from the branch that is named, and what is handed on is its direct address', async () => {
  const project = await aProject(main, staging)
  const env = { NEON_API_URL: project.url, NEON_PARENT_BRANCH: 'staging' }
  const { code, out, err } = await run(['create', '--branch', 'feature'], env)
  expect([code, out]).toEqual([0, `${uri}\n`])
  expect(err).not.toContain('secret')
  expect(project.branches.at(-1)).toMatchObject({ name: 'preview/on-feature', parent_id: 'br-staging' })
  // Not before Neon was done with it.
  expect(project.asked.filter((each) => each.endsWith('/operations'))).toHaveLength(3)
}, 60_000)

test('is used again when it is there: a second push makes no second one', async () => {
  const project = await aProject(main, { id: 'br-new', name: 'preview/on-feature' })
  const { code, out } = await run(['create', '--branch', 'feature'], { NEON_API_URL: project.url })
  expect([code, out]).toEqual([0, `${uri}\n`])
  expect(project.asked.filter((each) => each.startsWith('POST'))).toEqual([])
}, 60_000)

test('on GitHub its address is hidden in the logs and noted for the steps that follow', async () => {
  const project = await aProject(main)
  await inScratch(async (folder) => {
    const noted = join(folder, 'env')
    const env = { NEON_API_URL: project.url, GITHUB_ENV: noted, GITHUB_ACTIONS: 'true' }
    const { code, out, err } = await run(['create', '--branch', 'feature'], env)
    expect([code, out]).toEqual([0, `::add-mask::${uri}\n`])
    expect(err).not.toContain('secret')
    expect(readFileSync(noted, 'utf8')).toBe(`DATABASE_URL=${uri}\n`)
  })
  expect(project.branches.at(-1)?.parent_id).toBe('br-main')
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
  project.broken = 500
  const broken = await run(['create', '--branch', 'feature'], env)
  expect([broken.code, broken.err]).toEqual([1, 'Neon answered 500 to GET /branches: that went wrong\n'])
  const unset = await run(['create', '--branch', 'feature'], { ...env, NEON_API_KEY: '' })
  expect([unset.code, unset.err]).toEqual([1, 'Not set: NEON_API_KEY.\n'])
}, 60_000)
