// The edge's side of the ballot boxes: finds the object of a voter or a ballot and asks it.
import type { BallotBoxes, BoxAddress } from '../application/ports.ts'
import { locateBallot } from '../domain/ballot/ballot-id.ts'
import type { CountingDefinition } from '../domain/poll/counting.ts'
import { shardOf } from '../domain/voter/voter-keys.ts'
import type { Clock } from '../kernel/clock.ts'
import { leftMs, patienceOf } from '../kernel/deadline.ts'
import { locationHint } from '../kernel/location-hint.ts'
import { accept, refuse } from '../kernel/result.ts'
import { traceparentOf } from '../kernel/trace.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import { until } from '../kernel/until.ts'
import { type BallotBoxRpc, boxName } from './protocol.ts'

/** The two methods of a Durable Object namespace that finding a box needs. */
export interface BoxNamespace<Id = unknown> {
  idFromName(name: string): Id
  get(id: Id, options?: { locationHint?: DurableObjectLocationHint }): BallotBoxRpc
}

export const ballotBoxes = <Id>(namespace: BoxNamespace<Id>, clock: Clock): BallotBoxes => {
  const box = (address: BoxAddress, hint?: DurableObjectLocationHint) =>
    namespace.get(namespace.idFromName(boxName(address)), hint === undefined ? {} : { locationHint: hint })
  return {
    async cast({ poll }, cast, signal, region) {
      // Nothing was done, and nothing will be: whoever waits for it has no time left.
      if (leftMs(signal, clock) === 0) return refuse({ reason: 'overloaded', retryAfterSeconds: 1 })
      const address = { pollId: poll.id, shard: shardOf(cast.voterKey, poll.shards) }
      try {
        const patienceMs = patienceOf(signal, clock)
        const traceparent = traceparentOf(signal)
        const request = {
          ...address,
          cast,
          sentAt: clock.now(),
          ...(patienceMs !== undefined && { patienceMs }),
          ...(traceparent !== undefined && { traceparent }),
        }
        return await until(signal, box(address, locationHint(region)).cast(request))
      } catch {
        // The request may have reached the box: only a repeat with the same keys can tell.
        return refuse({ reason: 'outcome-unknown' })
      }
    },
    find({ poll }, keys, signal) {
      const address = { pollId: poll.id, shard: shardOf(keys.voterKey, poll.shards) }
      return ask(signal, box(address).find(address, { voterKey: keys.voterKey, ballotKey: keys.ballotKey }))
    },
    async erase(definition, ballotId, signal) {
      const found = addressOf(definition, ballotId)
      if (found === null) return refuse({ reason: 'ballot-not-found' })
      const outcome = await ask(signal, box(found.address).erase(found.address, found.seq))
      return outcome === 'none' ? refuse({ reason: 'ballot-not-found' }) : accept(null)
    },
    held: (address, voter, signal) => ask(signal, box(address).held(address, voter)),
    async prove(definition, ballotId, signal) {
      const found = addressOf(definition, ballotId)
      return found && ask(signal, box(found.address).prove(found.address, found.seq))
    },
    log: (address, after, limit, signal) => ask(signal, box(address).log(address, after, limit)),
    checkpoint: (address, signal) => ask(signal, box(address).checkpoint(address)),
    standing: (address, signal) => ask(signal, box(address).standing(address)),
    audit: (address, signal) => ask(signal, box(address).audit(address)),
    resend: (address, seq, signal) => ask(signal, box(address).resend(address, seq)),
    async confirm(pollId, shard, first, last) {
      await box({ pollId, shard }).confirm({ pollId, shard }, first, last)
    },
  }
}

const addressOf = ({ poll, secret }: CountingDefinition, ballotId: string) => {
  const located = locateBallot(secret, ballotId)
  if (located === null || located.shard >= poll.shards) return null
  return { address: { pollId: poll.id, shard: located.shard }, seq: located.seq }
}

/** Rejects with `Unavailable`, whatever the platform throws. */
const ask = <Answer>(signal: AbortSignal, answer: Promise<Answer>): Promise<Answer> =>
  until(signal, answer).catch((cause: unknown) => {
    throw new Unavailable('a ballot box', cause)
  })
