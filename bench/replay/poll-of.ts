// How an election becomes a poll, and one of its ballots a request.
import type { Election, Ranking } from './election.ts'

export type QuestionType = 'choice' | 'ranking'

/** The option a candidate becomes: `c0` is the first of the list. */
export const optionId = (candidate: number): string => `c${candidate}`

/** The candidate of an option, or null for an option that is none of ours. */
export const candidateOf = (option: string): number | null =>
  /^c\d+$/.test(option) ? Number(option.slice(1)) : null

/** The body of `POST /v1/polls`. */
export const pollBody = (election: Election, asked: Asked, voters: number): unknown => ({
  title: election.title.slice(0, 300),
  questions: [
    {
      id: asked.questionId,
      type: asked.type,
      prompt: election.title.slice(0, 300),
      options: election.candidates.map((label, candidate) => ({ id: optionId(candidate), label })),
    },
  ],
  expectedVoters: voters,
})

/** The body of `POST /v1/polls/{id}/ballots`: the first choice, or the whole ranking. */
export const ballotBody = (ranking: Ranking, { questionId, type }: Asked): string =>
  JSON.stringify({
    answers: { [questionId]: (type === 'choice' ? ranking.slice(0, 1) : ranking).map(optionId) },
  })

/** The ballot a stored answer was, or null when it is none this replay can have cast. */
export const rankingOf = (answer: unknown): Ranking | null => {
  const options: readonly unknown[] = Array.isArray(answer) ? answer : [answer]
  const candidates = options.map((option) => (typeof option === 'string' ? candidateOf(option) : null))
  return candidates.every((candidate) => candidate !== null) ? candidates : null
}

export interface Asked {
  readonly questionId: string
  readonly type: QuestionType
}
