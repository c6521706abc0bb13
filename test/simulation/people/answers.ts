// What voters answer: something that fits, with words of its own in the text, so that every ballot can be told apart.
import type { Question } from '../../../src/domain/poll/poll.ts'
import type { Chance } from '../../support/simulated/chance.ts'

/** Every simulated poll asks this. */
export const wordsQuestion = 'why'

export const someAnswers = (
  questions: readonly Question[],
  words: string,
  chance: Chance,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    questions
      .filter(({ id, required }) => required || id === wordsQuestion || chance.happens(0.7))
      .map((question) => [question.id, answerTo(question, words, chance)]),
  )

const answerTo = (question: Question, words: string, chance: Chance): unknown => {
  switch (question.type) {
    case 'choice': {
      const ids = question.options.map(({ id }) => id)
      if (question.max === 1 && chance.happens(0.5)) return chance.pick(ids)
      const many = question.min + chance.below(question.max - question.min + 1)
      return chance.shuffled(ids).slice(0, many)
    }
    case 'ranking': {
      const ids = question.options.map(({ id }) => id)
      return chance.shuffled(ids).slice(0, 1 + chance.below(ids.length))
    }
    case 'rating':
      return 1 + chance.below(question.scale)
    case 'nps':
      return chance.below(11)
    case 'text':
      return words
  }
}
