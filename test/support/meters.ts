// The shards of the Meter in this process, each over node:sqlite.
import type { Clock } from '../../src/kernel/clock.ts'
import type { MeterNamespace } from '../../src/telemetry/meter/client.ts'
import { Meter } from '../../src/telemetry/meter/meter.ts'
import { sqliteStorage } from './sqlite-storage.ts'

export const localMeter = (clock: Clock): MeterNamespace<string> => {
  const shards = new Map<string, Meter>()
  return {
    idFromName: (name) => name,
    get: (name) => {
      const known = shards.get(name) ?? new Meter({ storage: sqliteStorage(), clock })
      shards.set(name, known)
      return known
    },
  }
}
