// Step 4: the public API, last, because it calls all the others. What it remembers is lost, which it must survive anyway.
import { appendFileSync } from 'node:fs'
import { placeReference } from '../../dev/generate-reference.ts'
import { publish } from './publish.ts'
import { step } from './step.ts'

await step('edge', 'Publishes the public API.', async (order) => {
  await placeReference()
  const [url] = publish({ ...order, worker: 'edge', config: 'wrangler.toml' })
  if (url === undefined) return
  console.log(`The API is at ${url}`)
  const { GITHUB_OUTPUT } = process.env
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `url=${url}\n`)
})
