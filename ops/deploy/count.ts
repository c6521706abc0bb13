// Step 2: the Durable Objects. Before those that call them: an old caller never asks for what a new object lacks.
import { deploy, step } from './step.ts'

await step('count', 'Publishes the ballot boxes and scoreboards.', (order) => {
  deploy({ ...order, worker: 'count', config: 'workers/count/wrangler.toml' })
})
