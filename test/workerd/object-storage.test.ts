// A Durable Object's SQLite as the storage of boxes and boards, held to the suite that node:sqlite passes.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { objectStorage } from '../../workers/count/object-storage.ts'
import { objectStorageContract } from '../contracts/object-storage.contract.ts'

objectStorageContract('the object', (work) => {
  const stub = env.SCOREBOARD.get(env.SCOREBOARD.newUniqueId())
  return runInDurableObject(stub, (_board, state) =>
    work({ storage: objectStorage(state.storage), pendingAlarm: () => state.storage.getAlarm() }),
  )
})
