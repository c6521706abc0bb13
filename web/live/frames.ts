// What the live feed brings, read and merged; docs/design/api.md defines it.
import type { Results } from '../../src/domain/tally/results.ts'
import type { QuestionOutcome } from '../../src/domain/tally/tally.ts'

export type Frame =
  | { readonly type: 'results'; readonly results: Results }
  | {
      readonly type: 'delta'
      readonly version: number
      readonly from: number
      readonly asOf: string
      readonly ballots: number
      readonly changed: Readonly<Record<string, QuestionOutcome>>
    }

/** Of a socket’s frame, or of a document as streams and answers have it: whatever has questions is the whole.
 *  null: nothing this client knows; later versions may send more kinds. */
export const readFrame = (text: string): Frame | null => {
  const frame = parsed(text)
  if (!Number.isInteger(frame?.version)) return null
  if (frame?.type === 'delta') return frame.changed ? { ...frame, type: 'delta' } : null
  return Array.isArray(frame?.questions) ? { type: 'results', results: frame } : null
}

/** Questions come whole, so a delta from any version up to ours brings us to its own.
 *  It carries no runoff: the last one known stays until the next whole document. */
export const merged = (results: Results, delta: Extract<Frame, { type: 'delta' }>): Results => ({
  ...results,
  version: delta.version,
  asOf: delta.asOf,
  ballots: delta.ballots,
  questions: results.questions.map((question) => {
    if (!Object.hasOwn(delta.changed, question.id)) return question
    return { ...question, ...delta.changed[question.id] } as QuestionOutcome // same id, same type
  }),
})

/** What a frame should hold. Numbers and texts, which are JSON too, have no such members. */
interface Raw extends Results {
  readonly type?: string
  readonly from: number
  readonly changed: Readonly<Record<string, QuestionOutcome>>
}

const parsed = (text: string): Raw | null => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
