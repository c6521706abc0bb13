// Whether a voter's answers are a ballot of this poll, and the one way to write them down.
import { mostFaults, pointerTo } from '../../kernel/pointer.ts'
import { accept, type Result, refuse } from '../../kernel/result.ts'
import type { Option, OptionId, Question, QuestionId } from '../poll/poll.ts'
import type { Fault } from '../refusal.ts'
import { placesOf } from '../tally/places.ts'
import type { Answer, Answers } from '../tally/rule.ts'
import { textFault } from '../tally/text.ts'

/** Checks `answers`, the member of a ballot's body, against the questions; any JSON value may be given.
 *
 *  The result is canonical: equal ballots give equal `JSON.stringify` texts, so that a replay is told from a conflict
 *  and a commitment can be recomputed. Questions and chosen options stand in the poll's order, a single choice is a
 *  list of one, −0 is 0; a ranking keeps its order and text is as sent. Every question answered is an own property,
 *  `__proto__` too.
 *
 *  A refusal names every fault (the first 100) with RFC 6901 pointers into the body: questions in the poll's order,
 *  then answers to questions that do not exist. */
export const checkBallot = (
  questions: readonly Question[],
  answers: unknown,
): Result<Answers, { readonly reason: 'ballot-invalid'; readonly errors: readonly Fault[] }> => {
  if (!isRecord(answers)) return invalid([{ pointer: '/answers', detail: 'Must be an object.' }])
  const faults: Fault[] = []
  const checked: [QuestionId, Answer][] = []

  for (const question of questions) {
    const pointer = pointerTo(['answers', question.id])
    if (!Object.hasOwn(answers, question.id)) {
      if (question.required) faults.push({ pointer, detail: 'This question must be answered.' })
      continue
    }
    const answer = checkAnswer(question, answers[question.id], (detail, at) =>
      faults.push({ pointer: at === undefined ? pointer : `${pointer}/${at}`, detail }),
    )
    if (answer !== null) checked.push([question.id, answer])
  }

  const known = new Set(questions.map(({ id }) => id))
  for (const id of Object.keys(answers)) {
    if (!known.has(id))
      faults.push({ pointer: pointerTo(['answers', id]), detail: 'There is no such question.' })
  }

  if (faults.length + checked.length === 0) {
    faults.push({ pointer: '/answers', detail: 'At least one question must be answered.' })
  }
  // `fromEntries` defines properties, so that `__proto__` becomes one.
  return faults.length > 0 ? invalid(faults) : accept(Object.fromEntries(checked))
}

const invalid = (faults: readonly Fault[]) =>
  refuse({ reason: 'ballot-invalid' as const, errors: faults.slice(0, mostFaults) })

/** Notes a fault of the answer, or of the entry `at` of it. */
type Note = (detail: string, at?: number) => void

const checkAnswer = (question: Question, given: unknown, note: Note): Answer | null => {
  if (given === null) {
    note('Must not be null: leave out a question that is not answered.')
    return null
  }
  switch (question.type) {
    case 'choice': {
      const plain = question.max === 1 && typeof given === 'string'
      const chosen = checkOptions(
        question.options,
        plain ? [given] : given,
        plain ? (detail) => note(detail) : note,
      )
      if (chosen === null) return null
      if (chosen.size < question.min) note(`Must name at least ${counted(question.min)}.`)
      if (chosen.size > question.max) note(`Must name at most ${counted(question.max)}.`)
      const places = placesOf(question.options)
      return [...chosen].sort((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0))
    }
    case 'ranking': {
      const ranked = checkOptions(question.options, given, note)
      if (ranked?.size === 0) note('Must rank at least 1 option: leave out a question that is not answered.')
      return ranked === null ? null : [...ranked]
    }
    case 'rating':
      return checkNumber(given, 1, question.scale, note)
    case 'nps':
      return checkNumber(given, 0, 10, note)
    case 'text':
      return checkText(given, question.maxLength, note)
  }
}

/** The options named, in the order given. */
const checkOptions = (
  options: readonly Option[],
  given: unknown,
  note: Note,
): ReadonlySet<OptionId> | null => {
  if (!Array.isArray(given)) {
    note('Must be a list of option ids.')
    return null
  }
  if (given.length > options.length) {
    note(`Must not name more than the ${counted(options.length)} there are.`)
    return null
  }
  const places = placesOf(options)
  const named = new Set<OptionId>()
  let sound = true
  const unsound = (detail: string, at: number) => {
    sound = false
    note(detail, at)
  }
  for (const [at, id] of given.entries()) {
    if (typeof id !== 'string') unsound('Must be an option id.', at)
    else if (!places.has(id)) unsound('There is no such option.', at)
    else if (named.has(id)) unsound('Must not be named twice.', at)
    else named.add(id)
  }
  return sound ? named : null
}

const checkNumber = (given: unknown, least: number, most: number, note: Note): number | null => {
  if (typeof given === 'number' && Number.isInteger(given) && given >= least && given <= most) {
    return given + 0 // −0 + 0 is 0
  }
  note(`Must be a whole number from ${least} to ${most}.`)
  return null
}

const checkText = (given: unknown, maxLength: number, note: Note): string | null => {
  if (typeof given !== 'string') {
    note('Must be a string.')
    return null
  }
  const fault =
    given === ''
      ? 'Must not be empty: leave out a question that is not answered.'
      : textFault(given, maxLength)
  if (fault !== null) note(fault)
  return fault === null ? given : null
}

const counted = (options: number) => (options === 1 ? '1 option' : `${options} options`)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
