// The archive Worker of a world: the real consumers, reconciler and redrive over simulated queues and Postgres.
import { archiveBallots } from '../../../src/application/archive-ballots.ts'
import { auditPoll } from '../../../src/application/audit-poll.ts'
import { type BallotMessage, ballotMessageVersion } from '../../../src/application/ballot-message.ts'
import type { BallotReader, BallotRecords } from '../../../src/application/ports.ts'
import { redriveLetters } from '../../../src/application/redrive-letters.ts'
import { ArchiveRejected } from '../../../src/archive/archive-error.ts'
import { type BoxNamespace, ballotBoxes } from '../../../src/ballot-box/client.ts'
import { archivePace } from '../../../src/runtime/archive-pace.ts'
import { consumeBallots, type QueuedMessage } from '../../../src/runtime/consume-ballots.ts'
import { keepDeadLetters } from '../../../src/runtime/keep-dead-letters.ts'
import { reconcileAll } from '../../../src/runtime/reconcile-all.ts'
import type { BoardNeeds } from '../../../src/scoreboard/board.ts'
import { type BoardNamespace, scoreboards } from '../../../src/scoreboard/client.ts'
import type { RowsOf } from '../../support/ballot-pages.ts'
import { nothingCounted } from '../../support/rollups.ts'
import { deadline } from '../../support/simulated/deadlines.ts'
import type { Route } from '../../support/simulated/network.ts'
import { postgresOf, type Tables } from '../../support/simulated/postgres.ts'
import { type Queue, queueOf } from '../../support/simulated/queue.ts'
import type { Caller } from '../../support/simulated/stateful-object.ts'
import { type Deliveries, deliveriesOf } from './deliveries.ts'
import type { Ground } from './ground.ts'

export interface Archive {
  /** What a box puts into the queue; rejects where the queue does not answer. */
  send(caller: Caller, messages: readonly BallotMessage[]): Promise<void>
  /** What a scoreboard tells Postgres, by way of the archive Worker. */
  records(caller: Caller): BoardNeeds['records']
  /** The hourly round. */
  reconcile(): Promise<void>
  /** `npm run redrive`, until no letter is left that was not there before. */
  redrive(): Promise<void>
  readonly ballotReader: BallotReader & { readonly page: RowsOf }
  readonly tables: Tables
  readonly queues: readonly Queue[]
  readonly deliveries: Deliveries
}

interface Links {
  readonly boxes: (caller: Caller) => BoxNamespace<string>
  readonly boards: (caller: Caller) => BoardNamespace<string>
}

/** As workers/archive/wrangler.toml has them, with fewer retries, so that letters die within a run. */
const maxRetries = 2
const retryDelayMs = 5_000

export const archiveOf = (ground: Ground, links: Links): Archive => {
  const { schedule, chaos, network, report, saw } = ground
  const chance = ground.chance.fork('archive')
  const postgres = postgresOf({
    schedule,
    chance: chance.fork('postgres'),
    chaos,
    overtaken(ballot, row) {
      saw('message overtaken')
      if (row.answers === null && ballot.answers !== null) saw('message of an erased ballot')
    },
    dropped: () => saw('message of a deleted poll'),
    remind: (due) => deliveries.remind(due),
  })
  const { tables, deadLetters, ballotReader } = postgres
  const deliveries = deliveriesOf(ground, {
    records: () => postgres.deliveryRecords,
    tables: () => tables,
  })
  const pace = archivePace(report)
  const ballotRecords = ground.parts.ballotRecords(postgres.ballotRecords, tables)

  /** Statements of a Worker that has ended go on; it does not hear of them, and begins no other. */
  const recordsFor = (worker: Caller): BallotRecords => ({
    store: (messages, signal) =>
      new Promise((resolve, reject) => {
        if (!worker.alive) return
        ballotRecords.store(messages, signal).then(
          (written) => worker.alive && resolve(written),
          (error: unknown) => worker.alive && reject(error),
        )
      }),
  })

  const servicesFor = (worker: Caller) => {
    const clock = ground.machines.any()
    const boxes = ballotBoxes(links.boxes(worker), clock)
    return {
      archiveBallots: archiveBallots({
        ballotRecords: recordsFor(worker),
        ballotBoxes: boxes,
        clock,
        report,
      }),
      auditPoll: auditPoll({
        pollBook: scoreboards(links.boards(worker), clock),
        ballotBoxes: boxes,
        recordsOf: () => ({ ballotReader, rollupRecords: nothingCounted }),
      }),
      worthRetrying: (error: unknown) => !(error instanceof ArchiveRejected),
      pace,
      ballotReader,
      deadLetters,
      clock,
      report,
    }
  }

  /** One invocation of the Worker, which may end in the middle. */
  const invocation = async (work: (worker: Caller) => Promise<void>): Promise<void> => {
    const worker = aWorker()
    const done = work(worker)
    if (!chaos.strikes('consumer-died')) return done
    const died = Promise.withResolvers<never>()
    schedule.after(chance.between(0, 60), () => {
      worker.alive = false
      chaos.fired('consumer-died')
      died.reject(new Error('the consumer ended'))
    })
    done.catch(() => undefined)
    return died.promise
  }

  const letters = queueOf({
    schedule,
    chance: chance.fork('letters'),
    chaos,
    maxRetries: 100,
    retryDelayMs: 60_000,
    gatherMs: 5_000,
    consume: (deliveries) => keepDeadLetters(servicesFor(aWorker()))(deliveries),
    dead: () => ground.alarm('1', 'a dead letter was lost'),
  })
  const ballots = queueOf({
    schedule,
    chance: chance.fork('ballots'),
    chaos,
    maxRetries,
    retryDelayMs,
    gatherMs: 1_000,
    consume: (deliveries: readonly QueuedMessage[]) =>
      invocation((worker) => consumeBallots(servicesFor(worker))(deliveries)),
    dead: (body) => letters.send([body]),
  })

  return {
    tables,
    ballotReader,
    deliveries,
    queues: [ballots, letters],
    send: (caller, messages) =>
      network.call(sending, caller, async () => {
        if (chaos.strikes('send-refused')) {
          chaos.fired('send-refused')
          throw new Error('the queue does not take anything')
        }
        if (ballots.waiting > 0 && chaos.strikes('queue-forgot')) {
          ballots.forget()
          chaos.fired('queue-forgot')
        }
        ballots.send(messages)
        if (chaos.strikes('message-poisoned')) {
          ballots.send([{ ...chance.pick(messages), v: ballotMessageVersion + 7 }])
          chaos.fired('message-poisoned')
        }
        if (!chaos.strikes('send-unanswered')) return
        chaos.fired('send-unanswered')
        throw new Error('the queue took it and did not say so')
      }),
    records: (caller) => ({
      record: (poll) =>
        network.call(recording, caller, () => postgres.pollRecords.record(poll, deadline(schedule, 5_000))),
      remove: (death) =>
        network.call(recording, caller, () => postgres.pollRecords.remove(death, deadline(schedule, 30_000))),
    }),
    reconcile: () => reconcileAll(servicesFor(aWorker()))(),
    async redrive() {
      const { redriven } = await redriveLetters({
        deadLetters,
        resend: async (bodies) => ballots.send(bodies),
      })({ limit: 1_000 }, deadline(schedule, 60_000))
      if (redriven > 0) saw('letter redriven')
    },
  }
}

const sending: Route = { name: 'queue.send' }
const recording: Route = { name: 'archive.record' }

/** What it sends leaves at once: it has nothing of its own to keep. */
const aWorker = () => {
  const worker = {
    alive: true,
    departs: (leave: () => void) => {
      if (worker.alive) leave()
    },
  }
  return worker
}
