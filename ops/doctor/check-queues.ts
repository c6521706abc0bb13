// Whether what is sent to a queue is read by somebody, and kept when it cannot be.
import { type Finding, findingsOf } from './finding.ts'
import { type Setup, workersOf } from './setup.ts'

const { wrong } = findingsOf('queues')

/** What Cloudflare Queues allow a consumer. */
const most = { max_batch_size: 100, max_batch_timeout: 60, max_retries: 100, max_concurrency: 250 } as const

export const checkQueues = (setup: Setup): readonly Finding[] => {
  const workers = workersOf(setup)
  const consumers = workers.flatMap(({ file, here }) =>
    (here.queues.consumers ?? []).map((consumer) => ({ file, ...consumer })),
  )
  const consumed = new Set(consumers.map(({ queue }) => queue))
  const dead = new Set(consumers.flatMap(({ dead_letter_queue: letters }) => letters ?? []))
  return [
    ...workers.flatMap(({ file, here }) =>
      (here.queues.producers ?? [])
        .filter(({ queue }) => !consumed.has(queue))
        .map(({ binding, queue }) =>
          wrong(
            `${file} sends ${binding} to ${queue}, which nobody reads.`,
            `Add a [[env.${setup.env}.queues.consumers]] for it to workers/archive/wrangler.toml.`,
          ),
        ),
    ),
    // The queue of the dead letters themselves is the last: what is not read there is kept in Postgres or nowhere.
    ...consumers
      .filter(({ queue, dead_letter_queue: letters }) => letters === undefined && !dead.has(queue))
      .map(({ file, queue }) =>
        wrong(
          `${file}: ${queue} has no dead-letter queue: what fails too often is deleted.`,
          `Give its consumer a dead_letter_queue, as its twin on this machine has one.`,
        ),
      ),
    ...consumers.flatMap((consumer) =>
      Object.entries(most)
        // A consumer is read by the names of the table's own limits.
        .filter(([limit, value]) => Number(consumer[limit as keyof typeof most] ?? 0) > value)
        .map(([limit, value]) =>
          wrong(
            `${consumer.file}: ${limit} of ${consumer.queue} is beyond what is allowed.`,
            `At most ${value}.`,
          ),
        ),
    ),
  ]
}
