// A cross-tab as its owner reads it: countries with what was answered there, or answers with where they came from.
import type { CrossTabCell } from '../application/rollups.ts'
import type { Question } from '../domain/poll/poll.ts'

/** Most ballots first; where the platform knew no country, null. */
export const byCountry = (cells: readonly CrossTabCell[], questions: readonly Question[]) => {
  const votes = new Map(
    cells.map(({ country, choice, ballots }) => [
      `${country}/${choice?.questionId}/${choice?.optionId}`,
      ballots,
    ]),
  )
  return cells
    .filter(({ choice }) => choice === null)
    .toSorted(mostFirst)
    .map(({ country, ballots }) => ({
      country,
      ballots,
      questions: counted(questions).map(({ id, options }) => ({
        id,
        options: options.map((option) => ({
          id: option,
          votes: votes.get(`${country}/${id}/${option}`) ?? 0,
        })),
      })),
    }))
}

/** In the poll's order; each with the countries that chose it, most votes first. */
export const byOption = (cells: readonly CrossTabCell[], questions: readonly Question[]) => {
  const chosen = Map.groupBy(cells, ({ choice }) => choice && `${choice.questionId}/${choice.optionId}`)
  return counted(questions).flatMap(({ id, options }) =>
    options.map((option) => {
      const countries = (chosen.get(`${id}/${option}`) ?? []).toSorted(mostFirst)
      return {
        questionId: id,
        optionId: option,
        votes: countries.reduce((sum, { ballots }) => sum + ballots, 0),
        countries: countries.map(({ country, ballots }) => ({ country, votes: ballots })),
      }
    }),
  )
}

/** What can be chosen, by question: texts are left out, numbers are options of their own. */
const counted = (questions: readonly Question[]) =>
  questions.flatMap((question) => {
    switch (question.type) {
      case 'choice':
      case 'ranking':
        return [{ id: question.id, options: question.options.map(({ id }) => id) }]
      case 'rating':
        return [{ id: question.id, options: numbers(1, question.scale) }]
      case 'nps':
        return [{ id: question.id, options: numbers(0, 10) }]
      default:
        return []
    }
  })

const numbers = (least: number, most: number): readonly string[] =>
  Array.from({ length: most - least + 1 }, (_, at) => String(least + at))

const mostFirst = (one: CrossTabCell, other: CrossTabCell): number =>
  other.ballots - one.ballots || (one.country ?? '').localeCompare(other.country ?? '')
