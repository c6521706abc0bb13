// A way to hear of results: a socket, a stream, or one answer to one question. Each is opened, heard and ends alike.

/** Opens a line for a reader who holds `version`. What it hears comes later, never within this call. */
export type OpenLine = (version: number, hear: Hearing) => Line

export interface Line {
  /** Nothing that is heard afterwards counts. */
  close(): void
}

export interface Hearing {
  /** A frame or a document, or whatever else shows that the other end is there. */
  heard(text: string): void
  /** Once. `afterMs`: when the other end said to come again; 0 where it said nothing of it. */
  ended(ending: Ending, afterMs: number): void
}

export type Ending =
  /** It broke, or the answer was: not now. */
  | 'lost'
  /** It said all it had to say. */
  | 'done'
  /** This way leads nowhere any more; the next one may. */
  | 'spent'
  /** Not for this reader, or no longer there: asking again would change nothing. */
  | 'refused'
