// The published result of a replayed poll, as its owner and as anybody reads it, waited for within bounds.
import { candidateOf } from './poll-of.ts'
import { askServer, Refused, Unreachable } from './server.ts'
import type { TargetOptions } from './target.ts'

export interface Published {
  readonly ballots: number
  readonly erased: number
  readonly final: boolean
  readonly question: PublishedQuestion
}

export interface PublishedQuestion {
  readonly ballots: number
  readonly options: readonly PublishedOption[]
  readonly runoff?: PublishedRunoffResult | null
}

interface PublishedOption {
  readonly id: string
  readonly votes?: number
  readonly firsts?: number
  readonly points?: number
}

export interface PublishedRunoffResult {
  readonly winner: string | null
  readonly exhausted: number
  readonly rounds: readonly {
    readonly counts: Readonly<Record<string, number>>
    readonly eliminated: readonly string[]
  }[]
}

export interface ResultsWish {
  readonly as: 'owner' | 'anyone'
  readonly pollId: string
  readonly questionId: string
}

/** Reads the result until it satisfies `enough` or the time is over; then whatever it was last. */
export const waitForPublished = async (
  options: TargetOptions,
  wish: ResultsWish,
  enough: (published: Published) => boolean,
  timeoutMs: number,
): Promise<Published> => {
  const untilMs = performance.now() + timeoutMs
  for (;;) {
    const published = await readPublished(options, wish).catch((error: unknown) => {
      const mayPass = error instanceof Unreachable || (error instanceof Refused && error.status >= 429)
      if (!mayPass || performance.now() > untilMs) throw error
      return null
    })
    if (published !== null && (enough(published) || performance.now() > untilMs)) return published
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** One number of every option, by candidate. */
export const columnOf = (
  question: PublishedQuestion,
  field: 'votes' | 'firsts' | 'points',
  candidates: number,
): number[] => {
  const column = Array<number>(candidates).fill(Number.NaN)
  for (const option of question.options) {
    const candidate = candidateOf(option.id)
    if (candidate !== null) column[candidate] = option[field] ?? Number.NaN
  }
  return column
}

const readPublished = async (
  options: TargetOptions,
  { as, pollId, questionId }: ResultsWish,
): Promise<Published> => {
  const body = await askServer(options, { as, method: 'GET', path: `/v1/polls/${pollId}/results` })
  const results = body as Omit<Published, 'question'> & {
    readonly questions: readonly (PublishedQuestion & { readonly id: string })[]
  } // the wire contract; a field that is missing shows up as a difference
  const question = results.questions.find(({ id }) => id === questionId)
  if (question === undefined)
    throw new Error(`The results of ${pollId} do not mention the question ${questionId}.`)
  return { ...results, question }
}
