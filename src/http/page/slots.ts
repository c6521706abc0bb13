// Every number of a results document as named text, so that server and script fill the page's slots alike.
import type { ChoiceOutcome } from '../../domain/tally/choice.ts'
import type { NpsOutcome } from '../../domain/tally/nps.ts'
import type { RankingOutcome } from '../../domain/tally/ranking.ts'
import type { RatingOutcome } from '../../domain/tally/rating.ts'
import type { Results } from '../../domain/tally/results.ts'
import type { QuestionOutcome } from '../../domain/tally/tally.ts'
import { counted, grouped, percent } from './words.ts'

/** Slot name → its text. `<question>.<option>.bar` is a length in percent; `….lead` exists where something leads. */
export type Slots = ReadonlyMap<string, string>

/** What an option is called. */
export type Label = (questionId: string, optionId: string) => string

/** Question and option ids never hold a dot, so names never meet.
 *  @example slotsOf(results, label).get('where.pizza.share') // '60%' */
export const slotsOf = (results: Pick<Results, 'ballots' | 'questions'>, label: Label): Slots => {
  const slots = new Map([['ballots', counted(results.ballots, 'ballot')]])
  for (const question of results.questions) {
    const set: Set = (name, text) => void slots.set(`${question.id}.${name}`, text)
    set('ballots', counted(question.ballots, question.type === 'text' ? 'answer' : 'ballot'))
    fill(question, set, label)
  }
  return slots
}

type Set = (name: string, text: string) => void

const fill = (question: QuestionOutcome, set: Set, label: Label): void => {
  if (question.type === 'choice') choice(question, set)
  else if (question.type === 'ranking') ranking(question, set, label)
  else if (question.type === 'rating') rating(question, set)
  else if (question.type === 'nps') nps(question, set)
}

const choice = (question: ChoiceOutcome, set: Set): void => {
  const most = Math.max(1, ...question.options.map((option) => option.votes))
  for (const option of question.options) {
    set(`${option.id}.votes`, counted(option.votes, 'vote'))
    set(`${option.id}.share`, percent(option.share, question.ballots))
    set(`${option.id}.bar`, length(option.share))
    if (option.votes === most) set(`${option.id}.lead`, '')
  }
}

const ranking = (question: RankingOutcome, set: Set, label: Label): void => {
  const most = Math.max(1, ...question.options.map((option) => option.points))
  const attainable = Math.max(1, question.ballots * (question.options.length - 1))
  const winner = question.runoff?.winner ?? null
  for (const option of question.options) {
    set(`${option.id}.votes`, counted(option.firsts, 'first'))
    set(`${option.id}.share`, counted(option.points, 'point'))
    set(`${option.id}.bar`, length(option.points / attainable))
    if (winner === null ? option.points === most : option.id === winner) set(`${option.id}.lead`, '')
  }
  const rounds = question.runoff?.rounds.length ?? 0
  set(
    'runoff',
    winner === null ? '' : `${label(question.id, winner)} wins the runoff after ${counted(rounds, 'round')}`,
  )
}

const rating = (question: RatingOutcome, set: Set): void => {
  set('mean', question.mean === null ? '–' : question.mean.toFixed(1))
  histogram(question, 1, set)
}

const nps = (question: NpsOutcome, set: Set): void => {
  const { counts, ballots, score } = question
  set('score', score === null ? '–' : score > 0 ? `+${score}` : String(score).replace('-', '−'))
  histogram(question, 0, set)
  const part = (from: number, to: number) => {
    const sum = counts.slice(from, to).reduce((total, n) => total + n, 0)
    return percent(sum / ballots, ballots)
  }
  const split = `${part(9, 11)} promoters, ${part(7, 9)} passives, ${part(0, 7)} detractors`
  set('split', ballots === 0 ? '' : split)
}

const histogram = ({ counts, ballots }: RatingOutcome | NpsOutcome, lowest: number, set: Set): void => {
  const most = Math.max(1, ...counts)
  counts.forEach((count, at) => {
    const value = at + lowest
    set(`${value}.votes`, grouped(count))
    set(`${value}.share`, percent(ballots === 0 ? 0 : count / ballots, ballots))
    set(`${value}.bar`, length(count / most))
    if (count === most) set(`${value}.lead`, '')
  })
}

const length = (share: number): string => `${Math.round(Math.min(1, share) * 10_000) / 100}%`
