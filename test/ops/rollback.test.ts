// Going back at an account: the real wrangler against a server that answers as Cloudflare's API does. Against a running stack the
// rollback drill does it, with votes (test/system/rollback-drill).
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { projectRoot } from '../../dev/settings.ts'

let server: Server | null = null
afterEach(() => void server?.close())

const version = (digit: number): string => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`

/** What prepare makes where the archive will be. */
const standIn = version(9)

/** A deployment that the steps made by going back. */
const backTo = (id: string) => ({ id, message: 'ops/deploy: back to what ran before' })
type Ran = string | ReturnType<typeof backTo>

/** An account whose Workers have run these versions, oldest first; what was asked of it, and what was deployed since. */
const anAccount = async (versions: readonly Ran[]) => {
  const account = { url: '', deployed: [] as unknown[], messages: [] as unknown[], asked: [] as string[] }
  const ran = versions.map((each) => (typeof each === 'string' ? { id: each, message: null } : each))
  const deployments = ran.map(({ id, message }, at) => ({
    id: `deployment-${at}`,
    source: 'api',
    strategy: 'percentage',
    author_email: 'a@b.example',
    created_on: new Date(Date.UTC(2026, 10, 29, 12, at)).toISOString(),
    annotations: message === null ? {} : { 'workers/message': message },
    versions: [{ version_id: id, percentage: 100 }],
  }))
  const answerTo = (method: string, path: string, body: string): unknown => {
    const [, id] = /\/versions\/([0-9a-f-]+)$/.exec(path) ?? []
    if (method === 'POST' && path.endsWith('/deployments')) {
      const { versions: now, annotations } = JSON.parse(body)
      account.deployed.push(now)
      account.messages.push(annotations?.['workers/message'])
      return { id: 'a-new-deployment' }
    }
    // Newest first, as the API lists them.
    if (path.endsWith('/deployments')) return { deployments: deployments.toReversed() }
    if (path.endsWith('/secrets')) return []
    if (id === undefined) return {}
    const metadata = { created_on: '2026-11-29T12:00:00Z', author_email: 'a@b.example', source: 'api' }
    const resources = { bindings: [], script: { handlers: ['fetch'] }, script_runtime: {} }
    return {
      id,
      number: 1,
      metadata,
      annotations: id === standIn ? { 'workers/tag': 'stand-in' } : {},
      resources,
    }
  }
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const path = (request.url ?? '').split('?')[0] ?? ''
    account.asked.push(`${request.method} ${path}`)
    const result = answerTo(request.method ?? '', path, body)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ success: true, errors: [], messages: [], result }))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  account.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4` // it listens on a port
  return account
}

const run = (
  script: string,
  args: readonly string[],
  url: string,
  env: Readonly<Record<string, string>> = {},
) =>
  new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = spawn(process.execPath, [join(projectRoot, 'ops/deploy', `${script}.ts`), ...args], {
      env: {
        ...process.env,
        ...{ EDGE_URL: '', PROBE_KEY: '', ROOT_KEY: '' },
        ...{ CLOUDFLARE_API_TOKEN: 'token', CLOUDFLARE_ACCOUNT_ID: 'acc', CLOUDFLARE_API_BASE_URL: url },
        ...env,
      },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
    child.once('close', (code) => resolve({ code, said }))
  })

test('the version that ran before runs again, wholly', async () => {
  // One that was deployed twice in a row is not what ran before it.
  const account = await anAccount([version(1), version(2), version(3), version(3)])
  const args = ['--env', 'staging', '--worker', 'edge']
  const done = await run('rollback', args, account.url)
  expect([done.code, account.deployed], done.said).toEqual([
    0,
    [[{ version_id: version(2), percentage: 100 }]],
  ])
  expect(account.asked.at(-1)).toBe(
    'POST /client/v4/accounts/acc/workers/scripts/edgepoll-edge-staging/deployments',
  )
  expect(done.said).toContain('Not probed')
  // What the next time is known by.
  expect(account.messages).toEqual([backTo('').message])
}, 60_000)

test('a version that a step went back from is not run again: the one before that is', async () => {
  const account = await anAccount([version(1), version(2), version(3), backTo(version(2))])
  const done = await run('rollback', ['--env', 'staging', '--worker', 'edge'], account.url)
  expect([done.code, account.deployed], done.said).toEqual([
    0,
    [[{ version_id: version(1), percentage: 100 }]],
  ])
}, 60_000)

test('where all that ran before was gone back from, nothing is done, and that is said', async () => {
  const account = await anAccount([version(1), version(2), backTo(version(1))])
  const done = await run('rollback', ['--env', 'staging', '--worker', 'edge'], account.url)
  expect([done.code, account.deployed]).toEqual([1, []])
  expect(done.said).toContain('There is no version to go back to')
}, 60_000)

test('the stand-in of the archive is never run again, not even asked for', async () => {
  const account = await anAccount([standIn, version(1)])
  const args = ['--env', 'staging', '--worker', 'archive']
  const before = await run('rollback', args, account.url)
  expect([before.code, before.said]).toEqual([
    1,
    expect.stringContaining('There is no version to go back to'),
  ])
  const named = await run('rollback', [...args, '--to', standIn], account.url)
  expect([named.code, named.said]).toEqual([1, expect.stringContaining('is the stand-in that prepare made')])
  expect(account.deployed).toEqual([])
}, 60_000)

test.each([
  ['rollback', ['--worker', 'edge']],
  ['migrate', []],
])(
  '%s that could not vote afterwards, for want of a key, does nothing',
  async (script, args) => {
    const env = { EDGE_URL: 'http://127.0.0.1:1', DATABASE_URL: 'postgresql://ann@127.0.0.1:1/polls' }
    const { code, said } = await run(script, ['--env', 'staging', ...args], 'http://127.0.0.1:1', env)
    // Neither the account nor Postgres was asked: they would not have answered.
    expect([code, said]).toEqual([
      1,
      'Not set: PROBE_KEY, a key that may make and delete polls (or ROOT_KEY).\n',
    ])
  },
  60_000,
)

test('a version is of one Worker', async () => {
  const { code, said } = await run('rollback', ['--env', 'staging', '--to', version(1)], 'http://127.0.0.1:1')
  expect([code, said]).toEqual([1, '--to is a version of one Worker: say which, --worker edge.\n'])
}, 60_000)

test.each([
  ['an environment', ['--env', 'production']],
  ['the common preview', ['--env', 'preview']],
  ['an environment by the name of a branch', ['--env', 'production', '--branch', 'x']],
])('nothing takes %s away', async (_what, args) => {
  const { code, said } = await run('remove', args, 'http://127.0.0.1:1')
  expect(code).toBe(1)
  expect(said).toMatch(
    /^(Only the preview of a branch can be taken away|--branch is for --env preview alone)/,
  )
})
