// What can go wrong is one sentence that names what to do, and never shows a password.
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import {
  alreadyRunning,
  childDied,
  folderUnwritable,
  portInUse,
  postgresClosedFolder,
  postgresFailed,
  postgresUnreachable,
  postgresUnsupported,
  redisUnreachable,
} from '../../dev/complaint.ts'
import { openDataFolder } from '../../dev/data-folder.ts'
import { freePort, portsFrom, requirePort } from '../../dev/ports.ts'
import { findPostgresBinaries } from '../../dev/postgres-binaries.ts'

test('every complaint names the variable or the command that helps', () => {
  expect(portInUse(8787).message).toContain('PORT=8788')
  expect(portInUse(65_535).message).toContain('PORT=8787')
  expect(folderUnwritable('/x', 'EACCES').message).toContain('EDGEPOLL_DATA=')
  expect(postgresUnsupported('linux-riscv64').message).toContain('DATABASE_URL=')
  expect(postgresFailed('no space').message).toContain('DATABASE_URL=')
  expect(postgresClosedFolder('/root', 'postgres').message).toContain('DATABASE_URL=')
  expect(postgresUnreachable('postgres://me:x@db/p', 'refused').message).toContain('unset DATABASE_URL')
  expect(redisUnreachable('redis://r', 'refused').message).toContain('unset REDIS_URL')
  expect(alreadyRunning('/data', 'npm start', 7).message).toContain('EDGEPOLL_DATA=')
})

test('no password is shown', () => {
  expect(postgresUnreachable('postgres://me:secret@db/p', 'refused').message).not.toContain('secret')
  expect(redisUnreachable('redis://:secret@r', 'refused').message).not.toContain('secret')
})

test('a child that died is named, with what it said last', () => {
  expect(childDied('Postgres', 'killed by SIGKILL', ['a', 'b']).message).toBe(
    'Postgres ended unexpectedly (killed by SIGKILL), so everything was stopped.\n  | a\n  | b',
  )
})

test('a platform without an embedded Postgres is told of DATABASE_URL', () => {
  expect(() => findPostgresBinaries('linux', 'riscv64')).toThrow(
    /no embedded Postgres for linux-riscv64.*DATABASE_URL=/,
  )
})

test('a data folder that is a file is complained about', () => {
  expect(() => openDataFolder(import.meta.filename)).toThrow(/cannot be written \(.*EDGEPOLL_DATA=/)
})

test('a taken port is complained about, and skipped when several in a row are needed', async () => {
  const taken = createServer()
  const port = await freePort()
  await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve))
  await expect(requirePort(port)).rejects.toThrow(`Port ${port} is in use`)
  await expect(portsFrom(port, 2)).rejects.toThrow('is in use')
  await new Promise((resolve) => taken.close(resolve))
  const [first, second] = await portsFrom(port, 2)
  expect(first).toBe(port)
  expect(second).toBeGreaterThan(port)
})
