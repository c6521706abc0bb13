// A storage whose disk can be made to fail at a statement, as a full or torn disk would: by throwing.
import type { ObjectStorage } from '../../src/kernel/object-storage.ts'

export interface BreakableStorage {
  readonly storage: ObjectStorage
  /** From now on the statements that match throw; null: none. */
  breakOn(statements: RegExp | null): void
}

export const breakable = (storage: ObjectStorage): BreakableStorage => {
  let broken: RegExp | null = null
  return {
    storage: {
      all: (sql, ...values) => storage.all(sql, ...values),
      run: (sql, ...values) => {
        if (broken?.test(sql)) throw new Error('the disk is full')
        return storage.run(sql, ...values)
      },
      transaction: (work) => storage.transaction(work),
      wakeAt: (time) => storage.wakeAt(time),
    },
    breakOn(statements) {
      broken = statements
    },
  }
}
