// The methods of a Scoreboard object, and the path its sockets come in by.
import type { BoardLink, BoxAddress, Snapshot, TallyReport } from '../application/ports.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'

/** Where the edge sends a viewer's WebSocket upgrade. */
export const livePath = '/live'

export interface ScoreboardRpc extends BoardLink {
  create(definition: CountingDefinition): Promise<void>
  definition(): Promise<CountingDefinition | null>
  snapshot(): Promise<Snapshot | null>
  join(address: BoxAddress): Promise<CountingDefinition | null>
  report(report: TallyReport): Promise<{ readonly durable: number }>
}
