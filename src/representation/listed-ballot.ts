// A ballot as the poll's owner sees it in a list.
import type { ListedBallot, TextAnswer } from '../application/ballot-pages.ts'
import type { Question } from '../domain/poll/poll.ts'

/** Answers in the order of the poll's questions: Postgres keeps none. */
export const listedBallot = (
  { id, revision, castAt, answers, country }: ListedBallot,
  questions: readonly Pick<Question, 'id'>[],
) => ({
  id,
  revision,
  castAt: new Date(castAt).toISOString(),
  answers:
    answers === null
      ? null
      : Object.fromEntries(
          questions.flatMap(({ id: question }) =>
            Object.hasOwn(answers, question) ? [[question, answers[question]]] : [],
          ),
        ),
  country,
  erased: answers === null,
})

export const listedText = ({ ballotId, castAt, text }: TextAnswer) => ({
  ballotId,
  castAt: new Date(castAt).toISOString(),
  text,
})
