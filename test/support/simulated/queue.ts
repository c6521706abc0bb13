// A queue as the platform and its local stand-in give it: at least once on a good day, in any order; each message is
// acknowledged alone, tried again a few times, and goes to the next queue in the end.
import type { QueuedMessage } from '../../../src/runtime/consume-ballots.ts'
import type { Chance } from './chance.ts'
import type { Chaos } from './chaos.ts'
import { plainCopy } from './plain-copy.ts'
import type { Schedule } from './schedule.ts'

export interface Queue {
  send(bodies: readonly unknown[]): void
  /** Everything that waits is lost, as the local queue loses it when its process is killed. */
  forget(): void
  readonly waiting: number
  /** Messages that wait or are being consumed. */
  readonly held: number
}

interface Terms {
  readonly schedule: Schedule
  readonly chance: Chance
  readonly chaos: Chaos
  readonly maxRetries: number
  readonly retryDelayMs: number
  /** How long a batch is gathered. */
  readonly gatherMs: number
  /** Consumes a batch; rejects when the consumer ended, then nothing of it is acknowledged. */
  readonly consume: (deliveries: readonly QueuedMessage[]) => Promise<void>
  readonly dead: (body: unknown) => void
}

interface Message {
  readonly id: string
  readonly body: unknown
  attempts: number
  /** By the queue's own clock. */
  readonly sentAt: number
  readyAt: number
}

const batchLimit = 100

export const queueOf = (terms: Terms): Queue => {
  const { schedule, chance, chaos, consume, dead } = terms
  let waiting: Message[] = []
  let underWay = 0
  let made = 0

  const put = (body: unknown, delayMs: number, attempts = 0, id = `message ${++made}`) => {
    waiting.push({
      id,
      body: plainCopy(body),
      attempts,
      sentAt: schedule.now,
      readyAt: schedule.now + delayMs,
    })
    schedule.after(delayMs + chance.between(0, terms.gatherMs), pump)
  }

  const pump = () => {
    const ready = waiting.filter(({ readyAt }) => readyAt <= schedule.now)
    if (ready.length === 0) return
    const batch = chance.shuffled(ready).slice(0, chance.happens(0.3) ? 3 : batchLimit)
    waiting = waiting.filter((message) => !batch.includes(message))
    underWay += batch.length
    if (batch.length < ready.length) schedule.after(0, pump)
    void consumeBatch(batch)
  }

  const consumeBatch = async (batch: readonly Message[]) => {
    const verdicts = new Map<Message, { again: number | null }>()
    const died = await consume(
      batch.map((message) => ({
        id: message.id,
        attempts: message.attempts + 1,
        timestamp: new Date(message.sentAt),
        body: plainCopy(message.body),
        ack: () => void verdicts.set(message, { again: null }),
        retry: ({ delaySeconds = terms.retryDelayMs / 1_000 } = {}) =>
          void verdicts.set(message, { again: delaySeconds * 1_000 }),
      })),
    ).then(
      () => false,
      () => true,
    )
    underWay -= batch.length
    for (const message of batch) {
      const verdict = verdicts.get(message)
      if (died || verdict === undefined) again(message, terms.retryDelayMs)
      else if (verdict.again !== null) again(message, verdict.again)
      else if (chaos.strikes('ack-lost')) {
        again(message, terms.retryDelayMs)
        chaos.fired('ack-lost')
      }
    }
  }

  const again = ({ id, body, attempts }: Message, delayMs: number) => {
    if (attempts >= terms.maxRetries) dead(body)
    else put(body, delayMs, attempts + 1, id)
  }

  return {
    send(bodies) {
      for (const body of bodies) {
        if (chaos.strikes('message-delayed')) {
          put(body, chance.between(2_000, 70_000))
          chaos.fired('message-delayed')
        } else put(body, chance.between(0, 20))
        if (chaos.strikes('message-duplicated')) {
          put(body, chance.happens(0.5) ? 0 : chance.between(0, 60_000))
          chaos.fired('message-duplicated')
        }
      }
    },
    forget() {
      waiting = []
    },
    get waiting() {
      return waiting.length
    },
    get held() {
      return waiting.length + underWay
    },
  }
}
