// Step 3: what writes to Postgres. A message of a version that the archive before it did not know has waited in the queue.
import { publish } from './publish.ts'
import { step } from './step.ts'

await step('archive', "Publishes the queue's consumer and the service the scoreboards call.", (order) => {
  publish({ ...order, worker: 'archive', config: 'workers/archive/wrangler.toml' })
})
