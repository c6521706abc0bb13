// The rankings of one shard, for runoffs: the board asks round by round, and nothing of a ranking leaves the box.
import type { Question } from '../domain/poll/poll.ts'
import type { Answers } from '../domain/tally/rule.ts'
import { type FirstsAmong, firstsAmong } from '../domain/tally/runoff.ts'
import type { Ledger } from './ledger.ts'

/** One ballot's answers, canonical, that entered the tally (+1) or left it (−1). */
export interface Counted {
  readonly answers: string
  readonly weight: 1 | -1
}

/** Equal rankings are kept together, because real voters repeat each other. Read from the ballots at the first question
 *  of a runoff, and kept up with what is counted from then on: no round reads them again. */
export class Rankings {
  readonly #ledger: Pick<Ledger, 'everyRanking'>
  /** By question, each distinct ranking and how many ballots hold it; null: not asked yet. */
  #known: Map<string, Map<string, number>> | null = null

  constructor(ledger: Pick<Ledger, 'everyRanking'>) {
    this.#ledger = ledger
  }

  firsts(questions: readonly Question[], questionId: string, continuing: readonly string[]): FirstsAmong {
    const counts = continuing.map(() => 0)
    let exhausted = 0
    for (const [ranking, ballots] of this.#read(questions).get(questionId) ?? []) {
      const one = firstsAmong([JSON.parse(ranking)], continuing)
      const first = one.counts.indexOf(1)
      if (first < 0) exhausted += ballots
      else counts[first] = (counts[first] ?? 0) + ballots
    }
    return { counts, exhausted }
  }

  /** What a commit or an erasure has counted. */
  note(counted: readonly Counted[]): void {
    if (this.#known === null) return
    for (const each of counted) add(this.#known, each)
  }

  /** The questions may have changed. */
  forget(): void {
    this.#known = null
  }

  #read(questions: readonly Question[]): Map<string, Map<string, number>> {
    if (this.#known !== null) return this.#known
    const asked = questions.filter(({ type }) => type === 'ranking')
    const known = new Map(asked.map(({ id }) => [id, new Map<string, number>()]))
    for (const answers of this.#ledger.everyRanking()) add(known, { answers, weight: 1 })
    this.#known = known
    return known
  }
}

const add = (known: Map<string, Map<string, number>>, { answers: text, weight }: Counted): void => {
  const answers: Answers = JSON.parse(text)
  for (const [id, rankings] of known) {
    if (!Object.hasOwn(answers, id)) continue
    const ranking = JSON.stringify(answers[id])
    const ballots = (rankings.get(ranking) ?? 0) + weight
    if (ballots > 0) rankings.set(ranking, ballots)
    else rankings.delete(ranking)
  }
}
