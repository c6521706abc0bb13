// How text is counted: only that it was given. And what text is: the same for a ballot and for a poll.
import type { TextQuestion } from '../poll/poll.ts'
import type { TallyRule } from './rule.ts'

export interface TextOutcome {
  readonly id: string
  readonly type: 'text'
  readonly ballots: number
}

export const text: TallyRule<TextQuestion, string, TextOutcome> = {
  counters: () => 0,
  count() {},
  outcome: ({ id }, { ballots }) => ({ id, type: 'text', ballots }),
}

/** What keeps a string from being stored and shown, as a sentence, or null. `most` is in code points. Postgres refuses
 *  lone surrogates and U+0000, and would do so when the ballot is already counted. */
export const textFault = (written: string, most: number): string | null => {
  if (!written.isWellFormed()) return 'Must be well-formed Unicode: it has half of a surrogate pair.'
  if (written.includes('\u0000')) return 'Must not contain U+0000.'
  // Code points are at most the code units, so that a short string need not be walked.
  return written.length > most && codePoints(written) > most ? `Must have at most ${most} characters.` : null
}

const codePoints = (written: string) => {
  let points = 0
  for (const _ of written) points++
  return points
}
