// Questions and polls to write specifications with: say what matters, the rest is ordinary.
import type {
  ChoiceQuestion,
  NpsQuestion,
  Question,
  RankingQuestion,
  RatingQuestion,
  TextQuestion,
} from '../../src/domain/poll/poll.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { countBallot, emptyTally, outcomes, type PollTally } from '../../src/domain/tally/tally.ts'

type But<Asked extends Question> = Partial<Omit<Asked, 'type' | 'options'>>

export const aChoice = (ids: readonly string[], but: But<ChoiceQuestion> = {}): ChoiceQuestion => ({
  ...ordinary('where'),
  type: 'choice',
  min: 1,
  max: 1,
  shuffle: false,
  options: optionsOf(ids),
  ...but,
})

export const aRanking = (ids: readonly string[], but: But<RankingQuestion> = {}): RankingQuestion => ({
  ...ordinary('order'),
  type: 'ranking',
  options: optionsOf(ids),
  ...but,
})

export const aRating = (but: But<RatingQuestion> = {}): RatingQuestion => ({
  ...ordinary('stars'),
  type: 'rating',
  scale: 5,
  ...but,
})

export const anNps = (but: But<NpsQuestion> = {}): NpsQuestion => ({
  ...ordinary('nps'),
  type: 'nps',
  ...but,
})

export const aText = (but: But<TextQuestion> = {}): TextQuestion => ({
  ...ordinary('why'),
  type: 'text',
  maxLength: 500,
  ...but,
})

/** The tally of these ballots. */
export const tallied = (questions: readonly Question[], ballots: readonly Answers[]): PollTally =>
  ballots.reduce((tally, ballot) => countBallot(questions, tally, ballot), emptyTally(questions))

/** What a reader is shown of a poll with one question that was answered like this. */
export const outcomeOf = (question: Question, ...answers: readonly Answers[string][]) => {
  const ballots = answers.map((answer) => ({ [question.id]: answer }))
  return outcomes([question], tallied([question], ballots))[0]
}

const ordinary = (id: string) => ({ id, prompt: 'What do you say?', required: false })
const optionsOf = (ids: readonly string[]) => ids.map((id) => ({ id, label: id.toUpperCase() }))
