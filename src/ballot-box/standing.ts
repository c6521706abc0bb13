// How far a box is, as it says it: whole, so that it may be told twice, late or out of order.
import type { Event } from '../application/events.ts'
import type { BoxState } from './ledger.ts'
import type { Outbox } from './outbox.ts'

type BoxStood = Extract<Event, { type: 'box-stood' }>

export const standsAt = ({ address, seq }: BoxState, outbox: Outbox, at: number): BoxStood => {
  const { archived } = outbox
  return { type: 'box-stood', ...address, seq, archived, since: outbox.unarchivedSince(seq), at }
}

/** Nothing of a poll that is no more waits for the archive. */
export const isGone = ({ address, seq }: BoxState, at: number): BoxStood => ({
  type: 'box-stood',
  ...address,
  seq,
  archived: seq,
  since: null,
  at,
  gone: true,
})
