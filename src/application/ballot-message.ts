// The envelope between a ballot box and the archive. Receivers take this version and the one before it.
import type { ArchivedBallot } from '../domain/ballot/ballot.ts'

export const ballotMessageVersion = 2

/** Up to 100 events or 60 KB of one shard's log, without gaps: `first` … `last`. */
export interface BallotMessage {
  readonly v: 1 | typeof ballotMessageVersion
  /** `<pollId>:<shard>:<first>`: equal for every delivery of the same events. */
  readonly id: string
  readonly pollId: string
  /** Whose poll it is; version 1 did not say. */
  readonly workspaceId?: string
  /** The ids of its questions that are rankings; absent where it has none. */
  readonly rankings?: readonly string[]
  readonly shard: number
  readonly first: number
  readonly last: number
  readonly ballots: readonly ArchivedBallot[]
  /** W3C Trace Context of a ballot in it, where one is traced. */
  readonly traceparent?: string
}

/** The message in an envelope, or null for one that this code does not understand. */
export const openBallotMessage = (body: unknown): BallotMessage | null => {
  const { v, id, pollId, workspaceId, shard, first, last, ballots } = fieldsOf(body)
  const texts = v === 1 ? [id, pollId] : [id, pollId, workspaceId]
  const whole =
    (v === 1 || v === ballotMessageVersion) &&
    texts.every((text) => typeof text === 'string') &&
    [shard, first, last].every(Number.isSafeInteger) &&
    Array.isArray(ballots) &&
    ballots.every((ballot) => typeof fieldsOf(ballot)['id'] === 'string')
  return whole ? (body as BallotMessage) : null // what a ballot holds beyond its id, Postgres judges
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
