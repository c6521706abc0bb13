// All databases of the archive: which one a workspace's data lies in, which one is the directory, and a replica beside each.
import type { Report } from '../application/events.ts'
import type { Clock } from '../kernel/clock.ts'
import { type Database, openDatabase } from './database.ts'
import { freshReads } from './fresh-reads.ts'
import { type Pins, routeOf } from './route.ts'

/** The name of the database that is always there. It is the directory. */
export const directoryName = 'main'

export interface NamedDatabase extends Database {
  readonly name: string
  /** Whether a replica answers any of `reads`. */
  readonly replicated: boolean
  /** For reads of owners: a replica, where it has seen what the signal says must have been seen; else the same. */
  readonly reads: Database
}

/** `of`: where the data of a workspace, and of its tests, lies. `directory`: where that lies which must be found before the
 *  workspace is known, or changes in one statement with it: workspaces, keys, the audit log. Its name is `main`. */
export interface Databases {
  of(workspaceId: string): NamedDatabase
  readonly directory: NamedDatabase
  readonly each: readonly [NamedDatabase, ...NamedDatabase[]]
}

/** A part over each database, made once. */
export const perDatabase = <Part>(
  { each, directory, of }: Databases,
  make: (database: NamedDatabase) => Part,
): {
  readonly of: (workspaceId: string) => Part
  readonly directory: Part
  readonly each: readonly Part[]
} => {
  const parts = new Map(each.map((database) => [database, make(database)]))
  const over = (database: NamedDatabase) => parts.get(database) as Part // of each there is one
  return { of: (workspaceId) => over(of(workspaceId)), directory: over(directory), each: [...parts.values()] }
}

export interface DatabasesConfig {
  /** Addresses by name; `main` is among them. */
  readonly urls: Readonly<Record<string, string>>
  /** Addresses of read replicas, by the name of what they replicate. */
  readonly readUrls: Readonly<Record<string, string>>
  readonly pins: Pins
  readonly endpoint: string
}

interface Terms {
  readonly statementMs: number
  readonly report: Report
  readonly clock: Clock
}

/** After how long Postgres ends a statement by itself, ms. Longer than whoever asks waits, so that what it ends is only what
 *  nobody waits for any more. */
export const statementMs = { owners: 10_000, archive: 30_000, whole: 120_000 } as const

/** @throws Error where `main` is missing, as `config.ts` says before. */
export const openDatabases = (config: DatabasesConfig, { statementMs, ...told }: Terms): Databases => {
  const { urls, readUrls, pins, endpoint } = config
  const named = new Map(
    Object.entries(urls).map(([name, url]): [string, NamedDatabase] => {
      const primary = openDatabase({ url, endpoint, statementMs })
      const replica = readUrls[name]
      const reads =
        replica === undefined
          ? primary
          : freshReads(
              { name, primary, replica: openDatabase({ url: replica, endpoint, statementMs }) },
              told,
            )
      const run: Database['run'] = (statement, signal) => primary.run(statement, signal)
      return [name, { name, replicated: replica !== undefined, reads, run }]
    }),
  )
  const called = (name: string): NamedDatabase => {
    const database = named.get(name)
    if (database === undefined) throw new Error(`there is no database ${name}`)
    return database
  }
  const names = [...named.keys()]
  const directory = called(directoryName)
  const of = (workspaceId: string) => called(routeOf(workspaceId, names, pins))
  return {
    of,
    directory,
    each: [directory, ...[...named.values()].filter((database) => database !== directory)],
  }
}
