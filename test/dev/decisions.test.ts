// The small decisions of the local platform: scripts, migrations, bundles, lines worth showing, secrets.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fingerprintOf, hashOf, readBundles } from '../../dev/bundles.ts'
import { portOf } from '../../dev/dev-file.ts'
import { moduleOf } from '../../dev/generate-page.ts'
import { pendingOf } from '../../dev/migrate.ts'
import { behind } from '../../dev/neon-sessions.ts'
import { createScriptBook, hashOf as scriptHash, withoutUnknownFlag } from '../../dev/redis-scripts.ts'
import { readSecrets } from '../../dev/secrets.ts'
import { workerNames } from '../../dev/worker-names.ts'
import { isRequest, isTrouble } from '../../dev/wrangler-dev.ts'
import { aDataFolder, type TemporaryFolder } from './data-folder.ts'

let temporary: TemporaryFolder
beforeEach(() => {
  temporary = aDataFolder()
})
afterEach(() => temporary.remove())

describe('scripts for Redis', () => {
  const marked = '#!lua flags=allow-key-locking\n  return 1\n'

  test('lose the flag only Upstash knows, and nothing else', () => {
    expect(withoutUnknownFlag(marked)).toBe('--\n  return 1\n')
    expect(withoutUnknownFlag('#!lua flags=no-writes,allow-key-locking\nreturn 1')).toBe(
      '#!lua flags=no-writes\nreturn 1',
    )
    expect(withoutUnknownFlag('#!lua flags=no-writes\nreturn 1')).toBe('#!lua flags=no-writes\nreturn 1')
    expect(withoutUnknownFlag('return 1')).toBe('return 1')
  })

  test('are found by the hash of the marked text once it has been seen', () => {
    const book = createScriptBook()
    const call = ['EVALSHA', scriptHash(marked), '0']
    expect(book.translate(call)).toEqual(call)
    expect(book.translate(['eval', marked, '0'])).toEqual(['eval', '--\n  return 1\n', '0'])
    expect(book.translate(call)).toEqual(['EVALSHA', scriptHash('--\n  return 1\n'), '0'])
    expect(book.translate(['SCRIPT', 'EXISTS', scriptHash(marked)])[2]).toBe(scriptHash('--\n  return 1\n'))
    expect(book.translate(['SET', 'k', marked])).toEqual(['SET', 'k', marked])
  })
})

test('only migrations newer than the newest applied are pending', () => {
  const journal = [1, 2, 3].map((when) => ({ tag: `000${when}`, when }))
  expect(pendingOf(journal, null)).toEqual(journal)
  expect(pendingOf(journal, 2)).toEqual(journal.slice(2))
  expect(pendingOf(journal, 3)).toEqual([])
})

test("a session behind the gateway is the Worker's user on our server", () => {
  const asked = 'postgres://app:p%40ss@ep-cool.neon.tech/other?sslmode=require&application_name=x'
  expect(behind('postgres://me:x@127.0.0.1:5433/polls', asked)).toBe(
    'postgres://app:p%40ss@127.0.0.1:5433/other',
  )
})

describe('bundles', () => {
  const write = (path: string, content: string) => {
    mkdirSync(join(temporary.folder.root, path, '..'), { recursive: true })
    writeFileSync(join(temporary.folder.root, path), content)
  }

  test('have the same name while the sources are the same, and another when anything in them changes', () => {
    const name = () => fingerprintOf(temporary.folder.root, ['src', 'lock'])
    write('src/a/b.ts', '1')
    write('lock', 'x')
    const first = name()
    expect(name()).toBe(first)
    write('src/a/b.ts', '2')
    expect(name()).not.toBe(first)
    write('src/a/b.ts', '1')
    write('src/c.ts', '')
    expect(name()).not.toBe(first)
  })

  test('are used only while they are what was built', () => {
    const home = temporary.folder.bundles
    for (const worker of workerNames) write(`bundles/${worker}/index.js`, worker)
    expect(readBundles(home)).toBeNull()
    const hashes = Object.fromEntries(
      workerNames.map((worker) => [worker, hashOf(join(home, worker, 'index.js'))]),
    )
    write('bundles/hashes.json', JSON.stringify(hashes))
    expect(readBundles(home)?.edge.sha256).toBe(hashes['edge'])
    write('bundles/count/index.js', 'something else')
    expect(readBundles(home)).toBeNull()
  })
})

test('secrets are made once and kept; the key of receipts keeps its name', () => {
  const first = readSecrets(temporary.folder)
  expect(readSecrets(temporary.folder)).toEqual(first)
  expect(first.rootKey).toMatch(/^ep_root_[\w-]{43}$/)
  expect(JSON.parse(first.receiptKey)).toMatchObject({
    kty: 'OKP',
    crv: 'Ed25519',
    kid: expect.stringMatching(/^[\w-]{43}$/),
  })
})

test('trouble is shown, requests on demand, chatter never', () => {
  expect(isTrouble('✘ [ERROR] Uncaught TypeError: x')).toBe(true)
  expect(isTrouble('▲ [WARNING] Something odd')).toBe(true)
  expect(isTrouble('▲ [WARNING] NOSENTRY SQLite alarm handler canceled')).toBe(false)
  expect(isTrouble('[wrangler:info] GET /readyz 200 OK (3ms)')).toBe(false)
  expect(isRequest('[wrangler:info] GET /readyz 200 OK (3ms)')).toBe(true)
  expect(isRequest('⎔ Starting local server...')).toBe(false)
})

test('the port of the run before is asked for again', () => {
  expect(portOf('postgres://u:p@127.0.0.1:5433/x')).toBe(5433)
  expect(portOf(null)).toBeNull()
  expect(portOf('redis://somewhere')).toBeNull()
})

test('the generated page is a module whose hashes follow the content', () => {
  const [one, two] = [moduleOf('a', 'b', 'd'), moduleOf('a', 'c', 'd')]
  expect(one).toMatch(/^\/\/ Generated by npm run generate\. Do not edit\.\n/)
  expect(one).toContain('export const pageScript: PageAsset = {"body":"a","hash":"ca978112ca1bbdca"}')
  expect(one.split('pageStyle')[0]).toBe(two.split('pageStyle')[0])
  expect(one).not.toBe(two)
})
