// Step 3: what writes to Postgres. A message of a version that the archive before it did not know has waited in the queue.
import { deploy, step } from './step.ts'

await step('archive', "Publishes the queue's consumer and the service the scoreboards call.", (order) => {
  deploy({ ...order, worker: 'archive', config: 'workers/archive/wrangler.toml' })
})
