// Invariant 11: what an owner's endpoint hears is what happened: everything, nothing else, and repeats under one id.
import type { DeliveryRow } from '../../support/webhook-tables.ts'
import type { PollReading, Reading } from './reading.ts'

/** 11 */
export const eventsTellWhatHappened = ({ living, deliveries, received, alarms }: Reading): string[] => {
  const bodies = new Map(deliveries.map(({ id, payload }) => [id, payload]))
  const heard = new Set(received.map(({ id }) => id))
  return [
    ...alarms.filter(({ invariant }) => invariant === '11').map(({ what }) => what),
    ...received
      .filter(({ id, payload }) => bodies.get(id) !== payload)
      .map(({ id }) => `event ${id} was received and is not what was written down under its id`),
    ...living.flatMap((poll) => {
      const own = deliveries.filter(({ pollId }) => pollId === poll.poll.id)
      return [
        ...own
          .filter(({ id, state }) => state !== 'delivered' || !heard.has(id))
          .map(({ id, event, state }) => `${poll.name}: ${event} ${id} is ${state} and was never received`),
        ...ballotsTold(poll, own),
        ...lifeTold(poll, own),
      ]
    }),
  ]
}

interface Told {
  readonly id: string
  readonly revision: number
}

/** Each ballot at its last revision, no revision twice, and none that is in no log. */
const ballotsTold = ({ name, ballots }: PollReading, own: readonly DeliveryRow[]): string[] => {
  const told = own
    .filter(({ event }) => event === 'ballot.cast')
    .flatMap(({ payload }): Told[] => JSON.parse(payload ?? '').data.ballots)
    .map(({ id, revision }) => `revision ${revision} of ${id}`)
  const times = Map.groupBy(told, (what) => what)
  const logged = new Set(
    ballots.flatMap(({ id, entries }) =>
      entries.filter(({ kind }) => kind !== 'erase').map(({ revision }) => `revision ${revision} of ${id}`),
    ),
  )
  const last = ballots
    .filter(({ erased }) => !erased)
    .map(({ id, entries }) => `revision ${entries.at(-1)?.revision} of ${id}`)
  return [
    ...[...times]
      .filter(([, each]) => each.length > 1)
      .map(([what, each]) => `${name}: ${what} was told in ${each.length} events`),
    ...[...times.keys()]
      .filter((what) => !logged.has(what))
      .map((what) => `${name}: ${what} was told and is in no log`),
    ...last.filter((what) => !times.has(what)).map((what) => `${name}: ${what} was never told`),
  ]
}

/** Opening and closing once each, where they came about. */
const lifeTold = ({ name, definition: { poll } }: PollReading, own: readonly DeliveryRow[]): string[] => {
  const times = (event: string) => own.filter((row) => row.event === event).length
  const [opened, closed] = [times('poll.opened'), times('poll.closed')]
  // All is calm long after the last of these times.
  const everOpen =
    poll.phase !== 'draft' &&
    (poll.opensAt === null || poll.opensAt <= (poll.closedAt ?? Number.MAX_SAFE_INTEGER))
  return [
    ...(opened > 1 || (everOpen && opened === 0) ? [`${name}: that it opened was told ${opened} times`] : []),
    ...(closed === (poll.phase === 'closed' ? 1 : 0)
      ? []
      : [`${name}: it is ${poll.phase}, and that it closed was told ${closed} times`]),
  ]
}
