// The numbers a box works by, and where they come from.

export interface BoxSettings {
  /** Ballots a commit may hold. */
  readonly groupLimit: number
  /** How long a busy box waits for more ballots before it commits, ms. A quiet one does not wait. */
  readonly groupWaitMs: number
  /** A group larger than this makes the next one wait. */
  readonly busyAbove: number
  /** Callers that may wait; one more is told `overloaded`. */
  readonly bufferLimit: number
  /** Whether callers are turned away before the buffer is full. `false` only in a benchmark. */
  readonly shedding: boolean
  /** How long a ballot should wait for its commit, at most, ms: while even the youngest of a commit that leaves others
   *  behind has waited longer, fewer may wait. */
  readonly waitTargetMs: number
  /** For how long it must be so before fewer may wait, ms: a burst is no overload. */
  readonly waitIntervalMs: number
  /** How long the archive may take to confirm before events are sent again. */
  readonly resendAfterMs: number
  /** How long events gather before they are sent. */
  readonly lingerMs: number
  /** How soon after a failed alarm the next one comes. */
  readonly failedAlarmMs: number
  /** How long callers wait while the board changes the questions. */
  readonly holdMs: number
  /** How old the last checkpoint must be before one is made in between. */
  readonly checkpointAfterMs: number
}

/** A wait that nobody notices; it must have lasted for two of them, because machines pause.
 *  Measured: waiting 5 ms while busy makes 39–49 ballots a commit at the same rate, a third of the commits. */
export const boxSettings: BoxSettings = {
  groupLimit: 256,
  groupWaitMs: 5,
  busyAbove: 8,
  bufferLimit: 2_000,
  shedding: true,
  waitTargetMs: 50,
  waitIntervalMs: 100,
  resendAfterMs: 60_000,
  lingerMs: 1_000,
  failedAlarmMs: 5_000,
  holdMs: 3_000,
  checkpointAfterMs: 10_000,
}
