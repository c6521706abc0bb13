// The edge's side of the scoreboards: finds a poll's object and asks it.
import type { PollBook, Scoreboards } from '../application/ports.ts'
import { isPollId } from '../domain/poll/poll.ts'
import type { Clock } from '../kernel/clock.ts'
import { patienceOf } from '../kernel/deadline.ts'
import { Unavailable } from '../kernel/unavailable.ts'
import { until } from '../kernel/until.ts'
import type { ScoreboardRpc } from './protocol.ts'

/** The two methods of a Durable Object namespace that finding a board needs. */
export interface BoardNamespace<Id = unknown> {
  idFromName(name: string): Id
  get(id: Id): ScoreboardRpc
}

export const scoreboards = <Id>(namespace: BoardNamespace<Id>, clock: Clock): Scoreboards & PollBook => {
  const board = (pollId: string) => namespace.get(namespace.idFromName(pollId))
  /** What is no id of ours must start no object, whoever asks for it. */
  const asked = <Answer>(
    pollId: string,
    signal: AbortSignal,
    question: (stub: ScoreboardRpc) => Promise<Answer | null>,
  ) => (isPollId(pollId) ? ask(signal, question(board(pollId))) : Promise.resolve(null))
  return {
    create: (definition, fingerprint, signal) =>
      ask(signal, board(definition.poll.id).create(definition, fingerprint)),
    find: (pollId, signal) => asked(pollId, signal, (stub) => stub.definition()),
    change: (pollId, change, signal) => ask(signal, board(pollId).change(change, patienceOf(signal, clock))),
    close: (pollId, signal) => ask(signal, board(pollId).close(patienceOf(signal, clock))),
    remove: (pollId, signal) => ask(signal, board(pollId).remove()),
    retire: (pollId, closedBefore, signal) => ask(signal, board(pollId).remove(closedBefore)),
    issueInvites: (pollId, count, signal) => ask(signal, board(pollId).issueInvites(count)),
    snapshot: async (pollId, signal) => ({
      value: await asked(pollId, signal, (stub) => stub.snapshot()),
      from: 'origin',
      ageMs: 0,
      stale: false,
    }),
  }
}

/** Rejects with `Unavailable`, whatever the platform throws: an object that moved, restarted or was too busy. */
const ask = <Answer>(signal: AbortSignal, answer: Promise<Answer>): Promise<Answer> =>
  until(signal, answer).catch((cause: unknown) => {
    throw new Unavailable('the scoreboard', cause)
  })
