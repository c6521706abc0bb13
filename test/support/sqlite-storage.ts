// node:sqlite as the storage of a stateful object: what boxes and boards run on in plain Node.
import { DatabaseSync } from 'node:sqlite'
import type { ObjectStorage } from '../../src/kernel/object-storage.ts'
import { inSavepoint } from './savepoint.ts'

export interface SqliteStorage extends ObjectStorage {
  /** The pending alarm, or null. */
  alarm: number | null
  /** Rows written so far, as SQLite counts changes. */
  written: number
  /** Deletes everything stored, the alarm included. */
  clear(): void
}

/** `path` `:memory:` by default; a file survives a new storage over it, as an object's does. */
export const sqliteStorage = (path = ':memory:'): SqliteStorage => {
  const database = new DatabaseSync(path)
  const storage: SqliteStorage = {
    alarm: null,
    written: 0,
    all: <Row>(sql: string, ...values: (string | number | null | Uint8Array)[]) =>
      database.prepare(sql).all(...values) as Row[], // the caller names what it selects
    run: (sql, ...values) => {
      const { changes } = database.prepare(sql).run(...values)
      storage.written += Number(changes)
      return Number(changes)
    },
    transaction: (work) => inSavepoint(database, work),
    wakeAt: (time) => {
      storage.alarm = time
    },
    clear: () => {
      const names = storage.all<{ name: string }>("select name from sqlite_master where type = 'table'")
      for (const { name } of names) database.exec(`drop table ${name}`)
      storage.alarm = null
    },
  }
  return storage
}
