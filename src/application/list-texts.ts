import type { Question, QuestionId } from '../domain/poll/poll.ts'
import type { VotingRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import type { BallotPages, PageOf, TextAnswer } from './ballot-pages.ts'
import { findOwned, type OwnPollOrder } from './own-poll.ts'
import type { PollBook } from './ports.ts'

interface Needs {
  readonly pollBook: PollBook
  readonly ballotPages: Pick<BallotPages, 'texts'>
}

export interface TextsOrder extends OwnPollOrder {
  readonly questionId: QuestionId
  readonly after: string | null
  readonly limit: number
}

export type QuestionRefusal =
  | { readonly reason: 'question-not-found' }
  | { readonly reason: 'question-not-text'; readonly type: Question['type'] }

/** A page of what voters wrote to a question, as the archive has it, in the order of their ballots' ids. One statement. */
export const listTexts =
  ({ pollBook, ballotPages }: Needs) =>
  async (
    { questionId, after, limit, ...order }: TextsOrder,
    signal: AbortSignal,
  ): Promise<Result<PageOf<TextAnswer>, VotingRefusal | QuestionRefusal>> => {
    const found = await findOwned(pollBook, order, signal)
    if (!found.ok) return found
    const { poll, owned } = found.value
    const question = poll.questions.find(({ id }) => id === questionId)
    if (question === undefined) return refuse({ reason: 'question-not-found' })
    if (question.type !== 'text') return refuse({ reason: 'question-not-text', type: question.type })
    return accept(await ballotPages.texts(owned, { questionId, after, limit }, signal))
  }
