// A transaction of SQLite as a stateful object's storage has it: all or nothing, also inside another.
import type { DatabaseSync } from 'node:sqlite'

export const inSavepoint = <Value>(database: DatabaseSync, work: () => Value): Value => {
  database.exec('savepoint work')
  try {
    const value = work()
    database.exec('release work')
    return value
  } catch (error) {
    database.exec('rollback to work; release work')
    throw error
  }
}
