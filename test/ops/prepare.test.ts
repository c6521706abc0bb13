// What is made before the first deployment: the real wrangler against a server that answers as Cloudflare's API does.
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { projectRoot } from '../../dev/settings.ts'

let server: Server | null = null
afterEach(() => void server?.close())

interface Answer {
  readonly status: number
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

/** An account with nothing in it. */
const anAccount = async () => {
  const account = {
    url: '',
    queues: [] as string[],
    namespaces: [] as string[],
    workers: [] as string[],
    /** Bodies of what was published. */
    published: [] as string[],
  }
  const missing: Answer = { status: 404, error: { code: 10_007, message: 'This Worker does not exist' } }
  const answerTo = (method: string, path: string, body: string): Answer => {
    const asked = `${method} ${path.replace('/client/v4/accounts/acc', '')}`
    const [, script = ''] = /\/scripts\/([a-z-]+)/.exec(path) ?? []
    const there = account.workers.includes(script)
    if (path.includes('/workers/services/'))
      return { status: 404, error: { code: 10_090, message: 'workers.api.error.service_not_found' } }
    if (asked === 'POST /queues') {
      const { queue_name: name } = JSON.parse(body)
      if (account.queues.includes(name))
        return { status: 409, error: { code: 11_009, message: `Queue name '${name}' is already taken` } }
      account.queues.push(name)
      return { status: 200, result: { queue_name: name, queue_id: name } }
    }
    if (asked === 'POST /storage/kv/namespaces') {
      account.namespaces.push(JSON.parse(body).title)
      return { status: 200, result: { id: 'a', title: JSON.parse(body).title } }
    }
    if (asked === 'GET /storage/kv/namespaces')
      return { status: 200, result: account.namespaces.map((title) => ({ id: title, title })) }
    if (method === 'PUT' && script !== '') {
      account.workers.push(script)
      account.published.push(body)
      return { status: 200, result: { id: script, deployment_id: 'd', startup_time_ms: 1 } }
    }
    if (script !== '' && !there && method === 'GET') return missing
    if (asked.endsWith('/deployments')) return { status: 200, result: { deployments: [] } }
    // Without an address, as its configuration wants it.
    const off = { enabled: false, previews_enabled: false }
    return { status: 200, result: { ...off, subdomain: off } }
  }
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://cloudflare')
    const {
      status,
      result = null,
      error,
    }: Answer = Number(query.get('page') ?? 1) > 1
      ? { status: 200, result: [] }
      : answerTo(request.method ?? '', path, body)
    response.writeHead(status, { 'content-type': 'application/json' })
    const errors = error === undefined ? [] : [error]
    response.end(JSON.stringify({ success: status === 200, errors, messages: [], result }))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  account.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4` // it listens on a port
  return account
}

const prepare = (url: string) =>
  new Promise<{ code: number | null; said: string }>((resolve) => {
    const script = join(projectRoot, 'ops/deploy/prepare.ts')
    const child = spawn(process.execPath, [script, '--env', 'staging'], {
      env: {
        ...process.env,
        ...{ CLOUDFLARE_API_TOKEN: 'token', CLOUDFLARE_ACCOUNT_ID: 'acc', CLOUDFLARE_API_BASE_URL: url },
      },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
    child.once('close', (code) => resolve({ code, said }))
  })

test('makes what is missing, and done again changes nothing: no stand-in is put over an archive', async () => {
  const account = await anAccount()
  const first = await prepare(account.url)
  expect(first.code, first.said).toBe(0)
  const made = {
    queues: [
      'edgepoll-ballots-staging',
      'edgepoll-deliveries-staging',
      'edgepoll-ballots-dead-staging',
      'edgepoll-deliveries-dead-staging',
    ],
    namespaces: ['edgepoll-reads-staging'],
    workers: ['edgepoll-archive-staging'],
  }
  expect({ ...account, queues: account.queues.toSorted() }).toMatchObject({
    ...made,
    queues: made.queues.toSorted(),
  })
  // By which it is known later as no version to go back to.
  expect(account.published).toEqual([expect.stringContaining('"workers/tag":"stand-in"')])

  const again = await prepare(account.url)
  expect(again.code, again.said).toBe(0)
  expect({ ...account, queues: account.queues.toSorted() }).toMatchObject({
    ...made,
    queues: made.queues.toSorted(),
  })
  expect(account.published).toHaveLength(1)
}, 180_000)
