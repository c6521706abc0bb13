// B3
import type { Row } from '../row.ts'
export const b3: Row = {
  id: 'B3',
  comparison: 'durable ballots/s: group commit vs commit per ballot',
  atLeast: 1.8,
  run: () => Promise.reject(new Error('soon')),
}
