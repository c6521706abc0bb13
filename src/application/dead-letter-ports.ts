// Messages that could not be archived, as whoever keeps and re-drives them sees them.

/** A message that could not be archived, kept until somebody has looked at it. */
export interface DeadLetter {
  /** The message's own id where it has one: a message that dies again is one letter. */
  readonly id: string
  readonly body: unknown
  readonly diedAt: number
}

export interface DeadLetters {
  keep(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void>
  oldest(limit: number, signal: AbortSignal): Promise<readonly DeadLetter[]>
  remove(ids: readonly string[], signal: AbortSignal): Promise<void>
}
