// What things are called where they are published: a preview of a branch has everything of its own, and nobody else's.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import '../laws/seed.ts'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { configPathOf, workerNames } from '../../dev/worker-names.ts'
import { branchName, nameIn } from '../../ops/deploy/branch-name.ts'
import { thingsOf, workerName } from '../../ops/deploy/names.ts'
import { tracingSecrets } from '../../ops/deploy/optional-secrets.ts'
import { accountConfig, deploymentIn, read } from '../../ops/deploy/publish.ts'
import { environments, inScratch } from '../../ops/deploy/step.ts'

afterEach(() => void vi.unstubAllEnvs())

describe('the name of a branch', () => {
  const branches = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 })

  test('fits into the name of a host, whatever the branch is called', () => {
    fc.assert(
      fc.property(branches, (branch) => {
        const name = branchName(branch)
        fc.pre(name !== null)
        expect(name).toMatch(/^on-[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
        expect(`edgepoll-archive-${name}`.length).toBeLessThanOrEqual(63)
      }),
    )
  })

  test('is another for another branch', () => {
    fc.assert(
      fc.property(fc.uniqueArray(branches, { minLength: 2, maxLength: 20 }), (each) => {
        const names = each.map(branchName).filter((name) => name !== null)
        expect(new Set(names).size).toBe(names.length)
      }),
    )
  })

  test.each([
    ['fix', 'on-fix'],
    ['Fix', expect.stringMatching(/^on-fix-[0-9a-f]{8}$/)],
    ['a/b', expect.stringMatching(/^on-a-b-[0-9a-f]{8}$/)],
    ['a-b', 'on-a-b'],
    ['///', null],
  ])('%s', (branch, name) => {
    expect(branchName(branch)).toEqual(name)
  })
})

test('a preview of a branch shares no name with an environment, nor is its queue taken for one of dead letters', () => {
  const of = (env: string, branch: string | null) => Object.values(thingsOf({ env, branch })).flat()
  const taken = new Set(environments.flatMap((env) => of(env, null)))
  for (const branch of ['production', 'staging', 'preview', 'dead', 'dead-production']) {
    const name = branchName(branch)
    const things = of('preview', name)
    expect(things.length).toBeGreaterThanOrEqual(6)
    expect(things.filter((each) => taken.has(each))).toEqual([])
    const { queues } = thingsOf({ env: 'preview', branch: name })
    // The archive tells its queues apart by how they begin.
    expect(queues.filter((each) => each.startsWith('edgepoll-ballots-dead'))).toHaveLength(1)
  }
})

test('workers are taken away before those they call', () => {
  expect(thingsOf({ env: 'preview', branch: 'on-x' }).workers).toEqual([
    'edgepoll-edge-on-x',
    'edgepoll-archive-on-x',
    'edgepoll-count-on-x',
  ])
  expect(workerName('edge', { env: 'production', branch: null })).toBe('edgepoll-edge-production')
  expect(nameIn('edgepoll-edge-staging', 'on-x')).toBe('edgepoll-edge-staging')
})

describe.each(workerNames)('the configuration of %s for an account', (worker) => {
  const file = configPathOf(worker)
  const titles = worker === 'archive' ? [] : ['edgepoll-reads-preview']
  const parts = (text: string) => text.slice(text.indexOf('[env.preview]'), text.indexOf('[env.staging]'))

  test('of a branch names nothing of the common preview', () => {
    const ids = new Map([['edgepoll-reads-on-x', 'the-id']])
    const preview = parts(accountConfig({ file, ids, titles, branch: 'on-x' }))
    expect(preview).not.toContain('-preview"')
    expect(preview).toContain(`name = "edgepoll-${worker}-on-x"`)
    if (worker === 'archive') expect(preview).toContain('queue = "edgepoll-ballots-dead-on-x"')
    else expect(preview).toContain('id = "the-id"')
  })

  test('of an environment differs from ours in ids and paths alone', () => {
    const ids = new Map([['edgepoll-reads-preview', 'the-id']])
    const before = readFileSync(file, 'utf8').split('\n')
    const after = accountConfig({ file, ids, titles, branch: null }).split('\n')
    const changed = after.filter((line, at) => line !== before[at])
    expect(changed.filter((line) => !/^(main|directory) = "\/|^id = "the-id"$/.test(line))).toEqual([])
  })
})

test.each(workerNames)('%s is published with what it may have only where that is set', (worker) => {
  const tracing = [...tracingSecrets]
  const databases = worker === 'count' ? [] : ['DATABASE_URLS', 'DATABASE_READ_URL', 'DATABASE_READ_URLS']
  const optional = [...databases, ...tracing]
  for (const name of optional) vi.stubEnv(name, '')
  const without = read({ env: 'staging', worker }).secrets
  expect(without.filter((name) => optional.includes(name))).toEqual([])
  for (const name of optional) vi.stubEnv(name, 'something')
  expect(read({ env: 'staging', worker }).secrets).toEqual([...without, ...optional])
})

test('no configuration is made for an account whose KV namespace is missing', () => {
  const titles = ['edgepoll-reads-preview']
  const order = { file: configPathOf('edge'), ids: new Map<string, string>(), titles, branch: 'on-x' }
  expect(() => accountConfig(order)).toThrow('edgepoll-reads-on-x')
})

test('what wrangler notes says which version was published, and where it answers', async () => {
  await inScratch((folder) => {
    const record = join(folder, 'record.ndjson')
    const lines = [
      { type: 'wrangler-session', version: 1 },
      {
        type: 'deploy',
        version: 1,
        version_id: 'v-1',
        targets: ['schedule: 17 * * * *', 'https://a.workers.dev'],
      },
    ]
    writeFileSync(record, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
    expect(deploymentIn(record)).toEqual({ version: 'v-1', url: 'https://a.workers.dev' })
    writeFileSync(record, `${JSON.stringify(lines[0])}\n`)
    expect(() => deploymentIn(record)).toThrow('which version')
  })
})
