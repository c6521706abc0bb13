// What the steps that publish a Worker have in common as commands.
import { Option } from 'commander'
import type { WorkerName } from '../../dev/worker-names.ts'
import { release } from './release.ts'
import { step } from './step.ts'

/** `published` is called with where the Worker can be reached. */
export const workerStep = (
  worker: WorkerName,
  description: string,
  published: (url: string) => void = () => undefined,
): Promise<void> =>
  step<{ readonly bundle?: string }>(
    worker,
    `${description} Then votes (ops/deploy/smoke.ts), and goes back to the version before where that fails.`,
    async (order) => {
      if (order.bundle !== undefined && order.env !== 'local')
        throw new Error('--bundle is for --env local alone.')
      const url = await release(order, worker)
      if (url !== null) published(url)
    },
    {
      local: true,
      options: [
        new Option('--bundle <file>', 'with --env local: publish this, instead of what these sources make'),
      ],
    },
  )
