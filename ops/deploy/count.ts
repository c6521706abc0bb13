// Step 2: the Durable Objects. Before those that call them: an old caller never asks for what a new object lacks.
import { workerStep } from './worker-step.ts'

await workerStep('count', 'Publishes the ballot boxes, scoreboards and relays.')
