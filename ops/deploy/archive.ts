// Step 3: what writes to Postgres. A message of a version that the archive before it did not know has waited in the queue.
import { workerStep } from './worker-step.ts'

await workerStep('archive', "Publishes the queue's consumer and the service the scoreboards call.")
