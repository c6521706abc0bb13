// A Durable Object's SQLite as the four methods our objects ask for.
import type { ObjectStorage, SqlValue } from '../../src/kernel/object-storage.ts'

export const objectStorage = (storage: DurableObjectStorage): ObjectStorage => ({
  all: <Row>(sql: string, ...values: readonly SqlValue[]) =>
    storage.sql
      .exec(sql, ...bound(values))
      .toArray()
      .map(withBytes) as Row[], // the caller names what it selects
  run: (sql, ...values) => {
    const cursor = storage.sql.exec(sql, ...bound(values))
    cursor.toArray()
    return cursor.rowsWritten
  },
  transaction: (work) => storage.transactionSync(work),
  // Not awaited: the output gate holds answers back until this write, like any other, is safe.
  wakeAt: (time) => void storage.setAlarm(time),
})

/** Deletes everything an object holds, its alarm too. */
export const forget = async (storage: DurableObjectStorage): Promise<void> => {
  await storage.deleteAlarm()
  await storage.deleteAll()
}

/** Views are taken as they are at run time; only the platform's types ask for a whole buffer. */
const bound = (values: readonly SqlValue[]) => values as SqlStorageValue[]

/** The object gives ArrayBuffer where node:sqlite gives Uint8Array. */
const withBytes = (row: Record<string, SqlStorageValue>): Record<string, unknown> => {
  for (const column in row) {
    const value = row[column]
    if (value instanceof ArrayBuffer) Object.assign(row, { [column]: new Uint8Array(value) })
  }
  return row
}
