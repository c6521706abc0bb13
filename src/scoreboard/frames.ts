// What a viewer's socket is sent: each frame is serialised once a version, whoever watches.
import type { Results } from '../domain/tally/results.ts'

/** A delta larger than this is not worth its name: the whole document goes instead. */
const deltaLimit = 1_000

/** The whole document: on connect, after a gap, and where a delta would be too large. */
export const resultsFrame = (document: string): string => `{"type":"results",${document.slice(1)}`

export const closedFrame = (document: string): string => `{"type":"closed",${document.slice(1)}`

/** What changed between two publications, question by question; runoffs stay out of it. */
export const deltaFrame = (before: Results, after: Results, document: string): string => {
  const known = new Map(before.questions.map((question) => [question.id, outcomeText(question)]))
  const changed = after.questions.filter((question) => known.get(question.id) !== outcomeText(question))
  const frame = JSON.stringify({
    type: 'delta',
    version: after.version,
    from: before.version,
    asOf: after.asOf,
    ballots: after.ballots,
    // fromEntries defines own properties, so that a question may have any id at all
    changed: Object.fromEntries(changed.map((question) => [question.id, JSON.parse(outcomeText(question))])),
  })
  return frame.length > deltaLimit ? resultsFrame(document) : frame
}

const outcomeText = (question: Results['questions'][number]): string =>
  JSON.stringify(question, (key, value) => (key === 'runoff' ? undefined : value))
