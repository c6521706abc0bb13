// An object's storage as the platform keeps it: what is written is seen at once, is durable a little later, and is
// gone if the object ends before that. The alarm is part of it.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ObjectStorage } from '../../../src/kernel/object-storage.ts'
import { inSavepoint } from '../savepoint.ts'

export interface Disk {
  readonly storage: ObjectStorage
  /** Whether something is written that is not durable yet. */
  readonly dirty: boolean
  /** The alarm as the object sees it; of a clean disk, as it is kept. */
  alarm: number | null
  /** Makes durable what is written. */
  sync(): void
  /** Forgets what is not durable. */
  rollBack(): void
  /** The alarm that is kept has come; one that was set since stays. */
  takeAlarm(): void
  /** Deletes everything stored, the alarm too; durable with the next sync. */
  clear(): void
  close(): void
}

interface Terms {
  /** Called with the first write after a sync. */
  readonly soiled?: () => void
  /** Called before each statement that writes; may throw, as a full disk does. */
  readonly writing?: (sql: string) => void
}

export const aDisk = ({ soiled, writing }: Terms = {}): Disk => {
  const database = new DatabaseSync(':memory:')
  const statements = new Map<string, StatementSync>()
  const prepared = (sql: string) => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  let keptAlarm: number | null = null
  let dirty = false
  const soil = () => {
    if (dirty) return
    database.exec('begin')
    dirty = true
    soiled?.()
  }
  const disk: Disk = {
    alarm: null,
    get dirty() {
      return dirty
    },
    storage: {
      all: <Row>(sql: string, ...values: (string | number | null | Uint8Array)[]) =>
        prepared(sql).all(...values) as Row[], // the caller names what it selects
      run: (sql, ...values) => {
        writing?.(sql)
        soil()
        return Number(prepared(sql).run(...values).changes)
      },
      transaction: (work) => {
        soil()
        return inSavepoint(database, work)
      },
      wakeAt: (time) => {
        soil()
        disk.alarm = time
      },
    },
    sync() {
      if (dirty) database.exec('commit')
      dirty = false
      keptAlarm = disk.alarm
    },
    rollBack() {
      if (dirty) database.exec('rollback')
      dirty = false
      disk.alarm = keptAlarm
    },
    takeAlarm() {
      if (disk.alarm === keptAlarm) disk.alarm = null
      keptAlarm = null
    },
    clear() {
      soil()
      const tables = disk.storage.all<{ name: string }>("select name from sqlite_master where type = 'table'")
      for (const { name } of tables) database.exec(`drop table ${name}`)
      disk.alarm = null
    },
    close() {
      database.close()
    },
  }
  return disk
}
