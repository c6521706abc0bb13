// B4
import type { Row } from '../row.ts'
export const b4: Row = {
  id: 'B4',
  comparison: 'durable ballots/s vs Fastify + Postgres insert with a unique voter index, same concurrency',
  atLeast: 1,
  run: () => Promise.reject(new Error('soon')),
}
