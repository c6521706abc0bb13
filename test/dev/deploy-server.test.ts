// The address that a running stack takes deployments at: for whoever has its root key, and in words about what is wrong.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Complaint } from '../../dev/complaint.ts'
import { startDeployServer } from '../../dev/deploy-server.ts'
import type { JsonServer } from '../../dev/json-server.ts'
import { freePort } from '../../dev/ports.ts'
import type { ReplaceableWorkers } from '../../dev/replaceable-workers.ts'

const rootKey = 'the-root-key-of-this-stack'
let server: JsonServer
let done: string[] = []
let changes = 0

const workers: ReplaceableWorkers = {
  url: 'http://127.0.0.1:1',
  pids: {},
  deployments: (worker) => [`${worker}-1`, `${worker}-2`],
  publish: async (worker, file) => {
    if (file === 'missing.js') throw new Complaint('There is no bundle at missing.js.')
    done.push(`publish ${worker} ${file}`)
    return 'a-version'
  },
  activate: async (worker, version) => void done.push(`activate ${worker} ${version}`),
  stop: async () => undefined,
}

beforeEach(async () => {
  done = []
  changes = 0
  server = await startDeployServer({ workers, rootKey, port: await freePort(), changed: () => changes++ })
})
afterEach(() => server.stop())

const post = async (path: string, body: object, key = rootKey) => {
  const answer = await fetch(new URL(path, server.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  return [answer.status, await answer.json()]
}

test('it publishes, lists and goes back, and says when other processes run', async () => {
  expect(await post('/deployments', { worker: 'edge' })).toEqual([200, { versions: ['edge-1', 'edge-2'] }])
  expect(changes).toBe(0)
  expect(await post('/publish', { worker: 'edge', file: 'a.js' })).toEqual([200, { version: 'edge-2' }])
  expect(await post('/activate', { worker: 'count', version: 'count-1' })).toEqual([
    200,
    { version: 'count-2' },
  ])
  expect(done).toEqual(['publish edge a.js', 'activate count count-1'])
  expect(changes).toBe(2)
})

test.each<[string, string, object, string, number]>([
  ['another key', '/publish', { worker: 'edge', file: 'a.js' }, 'another-key-of-another-one', 401],
  ['no Worker of ours', '/publish', { worker: 'toString', file: 'a.js' }, rootKey, 400],
  ['a path that is none', '/constructor', { worker: 'edge' }, rootKey, 400],
  ['a bundle that is not there', '/publish', { worker: 'edge', file: 'missing.js' }, rootKey, 409],
])('%s is refused, and nothing is done', async (_what, path, body, key, status) => {
  expect((await post(path, body, key))[0]).toBe(status)
  expect([done, changes]).toEqual([[], 0])
})
