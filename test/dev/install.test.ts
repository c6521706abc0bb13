// When the packages are installed again, and what is said about it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
// @ts-expect-error plain JavaScript on purpose: it runs before TypeScript can
import { install, whyInstall, whyNotNode } from '../../dev/install.mjs'

const lock = (packages: object) => ({ packages: { '': { name: 'edgepoll' }, ...packages } })
const one = { version: '1.0.0', integrity: 'sha512-a' }

describe('why packages are installed', () => {
  test('nothing is installed', () => {
    expect(whyInstall(lock({ 'node_modules/one': one }), null)).toBe('Nothing is installed yet')
  })

  test('the same packages in another order, and others beside them, will do', () => {
    const wanted = lock({ 'node_modules/one': one, 'node_modules/two': one })
    expect(
      whyInstall(
        wanted,
        lock({ 'node_modules/two': one, 'node_modules/one': one, 'node_modules/more': one }),
      ),
    ).toBeNull()
  })

  test('another version, another content under the same version, or a missing package will not', () => {
    const wanted = lock({ 'node_modules/a/node_modules/one': one })
    const sentence = 'package-lock.json wants another one than is installed'
    expect(
      whyInstall(wanted, lock({ 'node_modules/a/node_modules/one': { ...one, version: '1.0.1' } })),
    ).toBe(sentence)
    expect(
      whyInstall(wanted, lock({ 'node_modules/a/node_modules/one': { ...one, integrity: 'sha512-b' } })),
    ).toBe(sentence)
    expect(whyInstall(wanted, lock({}))).toBe(sentence)
  })

  test('a binary of another platform is rightly missing', () => {
    expect(
      whyInstall(lock({ 'node_modules/other-platform': { ...one, optional: true } }), lock({})),
    ).toBeNull()
  })
})

test('a Node before 20 is told what to do', () => {
  expect(whyNotNode('18.19.0')).toMatch(
    /needs Node 20 or newer and this is Node 18\.19\.0: install a newer Node/,
  )
  expect(whyNotNode('20.0.0')).toBeNull()
  expect(whyNotNode('24.1.0')).toBeNull()
})

describe('a clone', () => {
  let root: string
  let said: string[]
  const say = (line: string) => said.push(line)
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'edgepoll-install-'))
    said = []
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock({ 'node_modules/one': one })))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const npm = (folder: string): number => {
    mkdirSync(join(folder, 'node_modules'))
    writeFileSync(
      join(folder, 'node_modules', '.package-lock.json'),
      JSON.stringify(lock({ 'node_modules/one': one })),
    )
    return 0
  }

  test('is installed once, with one line about it', () => {
    expect(install(root, { run: npm, say })).toBe(0)
    expect(said).toHaveLength(1)
    expect(install(root, { run: () => expect.fail('npm ran again'), say })).toBe(0)
    expect(said).toHaveLength(1)
  })

  test('passes the failure of npm on, and says that trying again helps', () => {
    expect(install(root, { run: () => 7, say })).toBe(7)
    expect(said[1]).toContain('"npm ci" failed with code 7')
  })

  test('does not install for a Node that is too old', () => {
    expect(install(root, { run: () => expect.fail('npm ran'), say, nodeVersion: '16.0.0' })).toBe(1)
  })
})
