// Who runs on a folder, what a killed run leaves, and how children are kept: with real processes, all of them our own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChildOrder } from '../../dev/child.ts'
import { endLeftovers } from '../../dev/leftovers.ts'
import { createNursery } from '../../dev/nursery.ts'
import { judgeOrphan } from '../../dev/postgres-orphan.ts'
import { birthOf, childrenOf, markedProcesses, untilGone } from '../../dev/processes.ts'
import { reset } from '../../dev/reset.ts'
import { currentRun, takeRunLock } from '../../dev/run-lock.ts'
import { aDataFolder, type TemporaryFolder } from './data-folder.ts'

let temporary: TemporaryFolder
beforeEach(() => {
  temporary = aDataFolder()
})
afterEach(() => temporary.remove())

const aChild = (script: string, more: Partial<ChildOrder> = {}): ChildOrder => ({
  name: 'child',
  command: process.execPath,
  args: ['-e', script],
  logFile: join(temporary.folder.logs, 'child.log'),
  ...more,
})
const forever = 'setInterval(() => {}, 1000)'
// A grandchild that a polite end of its parent does not reach.
const withGrandchild = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forever)}]); ${forever}`

describe('the lock of a data folder', () => {
  test('is held by one run at a time, which a second is told of', () => {
    const lock = takeRunLock(temporary.folder, 'npm start')
    expect(() => takeRunLock(temporary.folder, 'npm run stack')).toThrow(
      /"npm start" is already running on .* \(pid \d+\)/,
    )
    expect(currentRun(temporary.folder)?.pid).toBe(process.pid)
    lock.release()
    takeRunLock(temporary.folder, 'npm run stack').release()
  })

  test('of a run that is gone is taken over, with the list of what it had started', () => {
    const started = [{ name: 'Postgres', pid: 4_000_000, birth: '1', endWith: 'SIGINT' }]
    writeFileSync(
      temporary.folder.runFile,
      JSON.stringify({ command: 'npm start', pid: process.pid, birth: 'another life', started }),
    )
    expect(currentRun(temporary.folder)).toBeNull()
    const lock = takeRunLock(temporary.folder, 'npm start')
    expect(lock.leftBehind).toEqual(started)
    lock.release()
  })

  test('that is broken is as good as none', () => {
    writeFileSync(temporary.folder.runFile, '{"command":')
    takeRunLock(temporary.folder, 'npm start').release()
  })
})

describe('children', () => {
  test('one that dies unasked is a failure of the run, told with its last lines', async () => {
    const child = await temporary.nursery.start(aChild(`console.error('out of paper'); process.exit(3)`))
    temporary.nursery.watch(child)
    await expect(temporary.nursery.failure).rejects.toThrow(
      /child ended unexpectedly \(exit code 3\).*\n {2}\| out of paper/,
    )
  })

  test('their grandchildren end with them, in a group of their own or by the mark of the folder', async () => {
    for (const ownGroups of [true, false]) {
      const nursery = createNursery(temporary.folder, { ownGroups })
      const child = await nursery.start(aChild(withGrandchild))
      while (childrenOf(child.pid).length === 0) await new Promise((resolve) => setImmediate(resolve))
      const everyone = [child.pid, ...childrenOf(child.pid)]
      await nursery.stopAll()
      expect(everyone).toHaveLength(2)
      expect(await untilGone(everyone, 0)).toBe(true)
    }
  })

  test('lines are heard and kept', async () => {
    const heard: string[] = []
    const child = await temporary.nursery.start(
      aChild(`console.log('one'); console.error('two')`, { onLine: (line) => heard.push(line) }),
    )
    await new Promise((resolve) => child.process.once('close', resolve))
    expect(heard.toSorted()).toEqual(['one', 'two'])
  })

  test('a command that does not exist is an error, not a crash', async () => {
    await expect(temporary.nursery.start(aChild('', { command: '/no/such/command' }))).rejects.toThrow(
      'ENOENT',
    )
  })
})

describe('what a killed run left', () => {
  test('is ended when it is still the same process, and nobody else is touched', async () => {
    const lock = takeRunLock(temporary.folder, 'npm start')
    const nursery = createNursery(temporary.folder, { ownGroups: true, lock })
    const child = await nursery.start(aChild(forever))
    const { started } = JSON.parse(readFileSync(temporary.folder.runFile, 'utf8'))
    expect(markedProcesses(temporary.folder.root)).toEqual([child.pid])
    const stranger = {
      name: 'stranger',
      pid: process.pid,
      birth: 'another life',
      endWith: 'SIGKILL' as const,
    }
    expect(await endLeftovers(temporary.folder, [...started, stranger])).toEqual(['child'])
    expect(birthOf(child.pid)).toBeNull()
    lock.release()
  })

  test.each([
    ['no file', null, false, 'none'],
    ['a broken file', 'x', true, 'none'],
    ['a process that is not ours, or gone', '12345\n/data\n', false, 'stale'],
    ['our own Postgres', '12345\n/data\n', true, 'ours'],
  ] as const)('a postmaster.pid with %s', (_name, file, runsHere, verdict) => {
    expect(judgeOrphan(file, () => runsHere)).toBe(verdict)
  })
})

describe('reset', () => {
  test('is refused while something runs', async () => {
    const lock = takeRunLock(temporary.folder, 'npm start')
    await expect(reset(temporary.folder.root)).rejects.toThrow('already running')
    lock.release()
  })

  test('deletes what is ours and leaves what is not', async () => {
    writeFileSync(temporary.folder.secretsFile, '{}')
    writeFileSync(join(temporary.folder.root, 'thesis.doc'), '')
    expect(await reset(temporary.folder.root)).toEqual(['logs', 'secrets.json'])
    expect(existsSync(join(temporary.folder.root, 'thesis.doc'))).toBe(true)
    expect(existsSync(temporary.folder.secretsFile)).toBe(false)
  })

  test('of a folder that is not there is nothing to do', async () => {
    expect(await reset('/no/such/folder')).toEqual([])
  })
})
