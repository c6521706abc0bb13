// Step 3: what writes to Postgres. After the objects, whose messages it must understand: receivers take two versions.
import { deploy, step } from './step.ts'

await step('archive', "Publishes the queue's consumer and the service the scoreboards call.", (order) => {
  deploy({ ...order, worker: 'archive', config: 'workers/archive/wrangler.toml' })
})
