// A thread that runs the seeds it is given, one after the other: a world has the thread's timers to itself.
import { parentPort } from 'node:worker_threads'
import { simulate } from './run.ts'

parentPort?.on('message', async (seed: number) => {
  parentPort?.postMessage(await simulate({ seed }))
})
