// Step 2: the Durable Objects. Before those that call them: an old caller never asks for what a new object lacks.
import { publish } from './publish.ts'
import { step } from './step.ts'

await step('count', 'Publishes the ballot boxes, scoreboards and relays.', (order) => {
  publish({ ...order, worker: 'count', config: 'workers/count/wrangler.toml' })
})
