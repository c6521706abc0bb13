// What the doctor says: something that is wrong, or something it could not ask; and what to do about it.

export interface Finding {
  /** Which examination it is of: `queues`, `secrets`. */
  readonly check: string
  /** `unasked`: nothing is known to be wrong, because what would tell was not given or did not answer. */
  readonly kind: 'wrong' | 'unasked'
  readonly what: string
  /** What to do, as a sentence or a command. */
  readonly remedy: string
}

/** Findings of one examination: `const { wrong, unasked } = findingsOf('queues')`. */
export const findingsOf = (check: string) => ({
  wrong: (what: string, remedy: string): Finding => ({ check, kind: 'wrong', what, remedy }),
  unasked: (what: string, remedy: string): Finding => ({ check, kind: 'unasked', what, remedy }),
})
