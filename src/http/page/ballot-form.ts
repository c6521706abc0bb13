// A ballot as a plain form posts it. What is wrong with an answer is left for the ballot check to say, in one voice
// with the API; only what a form alone can get wrong is refused here.
import type { Question, QuestionId, RankingQuestion } from '../../domain/poll/poll.ts'
import type { Answer, Answers } from '../../domain/tally/rule.ts'
import { ordinal } from './words.ts'

export interface FormBallot {
  readonly answers: Answers
  readonly faults: ReadonlyMap<QuestionId, string>
}

/** Fields are `answers.<question>` (repeated for several options) and `answers.<question>.<option>` = place. Others
 *  are ignored: browsers and their extensions add what they like.
 *  @example ballotFromForm(poll.questions, new URLSearchParams('answers.where=pizza')).answers // { where: ['pizza'] } */
export const ballotFromForm = (questions: readonly Question[], fields: URLSearchParams): FormBallot => {
  const faults = new Map<QuestionId, string>()
  const answers: [QuestionId, Answer][] = []
  for (const question of questions) {
    const answer =
      question.type === 'ranking' ? ranking(question, fields, faults) : answerTo(question, fields)
    if (answer !== null) answers.push([question.id, answer])
  }
  return {
    answers: Object.fromEntries(answers), // own properties, whatever a question is called
    faults,
  }
}

const answerTo = (question: Exclude<Question, RankingQuestion>, fields: URLSearchParams): Answer | null => {
  const values = fields.getAll(`answers.${question.id}`).filter((value) => value !== '')
  const [first] = values
  if (first === undefined) return null
  if (question.type === 'choice') return values
  // Forms send line ends as CRLF, scripts as LF: the same text must be the same ballot.
  return question.type === 'text' ? first.replaceAll('\r\n', '\n') : whole(first)
}

const ranking = (
  { id, options }: RankingQuestion,
  fields: URLSearchParams,
  faults: Map<QuestionId, string>,
): Answer | null => {
  const places = options.flatMap((option) => {
    const place = fields.get(`answers.${id}.${option.id}`) ?? ''
    return place === '' ? [] : [{ option: option.id, place: whole(place) }]
  })
  places.sort((left, right) => Number(left.place) - Number(right.place))
  for (const [at, { place }] of places.entries()) {
    if (typeof place === 'string' || place < 1) faults.set(id, 'Places are whole numbers from 1.')
    else if (place === places[at - 1]?.place)
      faults.set(id, `Two options shared the ${ordinal(place)} place. Is it in this order?`)
  }
  return places.length === 0 ? null : places.map(({ option }) => option)
}

/** What is no whole number stays text, and is refused as such. */
const whole = (text: string): number | string => (/^\d{1,4}$/.test(text) ? Number(text) : text)
