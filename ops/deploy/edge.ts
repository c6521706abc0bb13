// Step 4: the public API, last, because it calls all the others. What it remembers is lost, which it must survive anyway.
import { appendFileSync } from 'node:fs'
import { workerStep } from './worker-step.ts'

await workerStep('edge', 'Publishes the public API.', (url) => {
  console.log(`The API is at ${url}`)
  const { GITHUB_OUTPUT } = process.env
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `url=${url}\n`)
})
