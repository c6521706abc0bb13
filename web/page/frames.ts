// The frames of the live feed, read and merged; docs/design/api.md defines them.
import type { Results } from '../../src/domain/tally/results.ts'
import type { QuestionOutcome } from '../../src/domain/tally/tally.ts'

export type Frame =
  | { readonly type: 'results'; readonly results: Results }
  | {
      readonly type: 'delta'
      readonly version: number
      readonly from: number
      readonly ballots: number
      readonly changed: Readonly<Record<string, QuestionOutcome>>
    }

/** null: not a frame this page knows; later versions may send more kinds. */
export const readFrame = (text: string): Frame | null => {
  const frame = parsed(text)
  if (frame === null || !Number.isInteger(frame.version)) return null
  if (frame.type === 'results' || frame.type === 'closed')
    return Array.isArray(frame.questions) ? { type: 'results', results: frame } : null
  return frame.type === 'delta' && frame.changed ? { ...frame, type: 'delta' } : null
}

/** Questions come whole, so a delta from any version up to ours brings us to its own.
 *  It carries no runoff: the last one known stays until the next whole document. */
export const merged = (results: Results, delta: Extract<Frame, { type: 'delta' }>): Results => ({
  ...results,
  version: delta.version,
  ballots: delta.ballots,
  questions: results.questions.map((question) => {
    if (!Object.hasOwn(delta.changed, question.id)) return question
    return { ...question, ...delta.changed[question.id] } as QuestionOutcome // same id, same type
  }),
})

/** What a frame may hold before it is looked at. */
interface Raw extends Results {
  readonly type: string
  readonly from: number
  readonly changed: Readonly<Record<string, QuestionOutcome>>
}

const parsed = (text: string): Raw | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Raw) : null // narrowed by readFrame
  } catch {
    return null
  }
}
