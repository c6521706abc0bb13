// node:sqlite as the storage of boxes and boards: what every other Node test of theirs stands on.
import { sqliteStorage } from '../support/sqlite-storage.ts'
import { objectStorageContract } from './object-storage.contract.ts'

objectStorageContract('node:sqlite', async (work) => {
  const storage = sqliteStorage()
  return work({ storage, pendingAlarm: async () => storage.alarm })
})
