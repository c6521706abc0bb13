// A remembered answer: what it is, how new it is, and how long it may be served.

export interface Entry<Value> {
  /** null: known to be absent, which is not the same as not remembered. */
  readonly value: Value | null
  /** A lower version never replaces a higher one. Absence has version 0. */
  readonly version: number
  /** When the origin said so, milliseconds since the epoch. Everything counts from here and is carried through every
   *  tier: ages do not add up. */
  readonly since: number
  /** Until when it may be served as it is. */
  readonly freshUntil: number
  /** Until when it may be served while a newer one is fetched. */
  readonly staleUntil: number
  /** Until when it may stand in for an origin that cannot be asked. */
  readonly standInUntil: number
}

/** How long answers of one kind are good, ms after the origin gave them. */
export interface Terms {
  readonly freshMs: number
  /** After that: served at once, and fetched again behind the reader's back. */
  readonly staleMs: number
  /** After that: only when the origin fails. */
  readonly standInMs: number
  /** How long an absence is believed. */
  readonly absentMs: number
}

/** `now`: when the origin gave the answer. */
export const entryOf = <Value>(
  value: Value | null,
  version: number,
  terms: Terms,
  now: number,
): Entry<Value> => {
  const freshUntil = now + (value === null ? terms.absentMs : terms.freshMs)
  const staleUntil = value === null ? freshUntil : freshUntil + terms.staleMs
  const standInUntil = value === null ? staleUntil : staleUntil + terms.standInMs
  return { value, version, since: now, freshUntil, staleUntil, standInUntil }
}

/** Whether an entry should take the place of another: never a lower version; of the same, the later word. An absence has
 *  no version to compare: there the later word stands, whichever it is. */
export const supersedes = (entry: Entry<unknown>, known: Entry<unknown> | undefined): boolean => {
  if (known === undefined) return true
  if (entry.value === null || known.value === null) return entry.since >= known.since
  return entry.version > known.version || (entry.version === known.version && entry.since > known.since)
}
