// What a viewer's socket is sent. A frame is made once for all sockets of a leaf that need the same.
import type { Results } from '../domain/tally/results.ts'

/** A delta larger than this is not worth its name: the whole document goes instead. */
const deltaLimit = 1_000

/** The whole document: on connect, after a gap, and where a delta would be too large. */
export const resultsFrame = (document: string): string => `{"type":"results",${document.slice(1)}`

export const closedFrame = (document: string): string => `{"type":"closed",${document.slice(1)}`

/** What changed between two publications, question by question; runoffs stay out of it. The whole document where the
 *  questions are not the same any more, which no delta could say. */
export const deltaFrame = (before: Results, after: Results, document: string): string => {
  if (kindsOf(before) !== kindsOf(after)) return resultsFrame(document)
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

const kindsOf = ({ questions }: Results): string =>
  JSON.stringify(questions.map(({ id, type }) => [id, type]))

const outcomeText = (question: Results['questions'][number]): string =>
  JSON.stringify(question, (key, value) => (key === 'runoff' ? undefined : value))
