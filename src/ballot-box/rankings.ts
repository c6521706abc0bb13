// The rankings of one shard, for runoffs: the board asks round by round, and nothing of a ranking leaves the box.

import type { Answers } from '../domain/tally/rule.ts'
import { type FirstsAmong, firstsAmong } from '../domain/tally/runoff.ts'
import type { BoxState, Ledger } from './ledger.ts'

/** Reads the ballots once a version of the log, and keeps equal rankings together: real voters repeat each other. */
export class Rankings {
  readonly #ledger: Pick<Ledger, 'everyRanking'>
  #seq = -1
  #known = new Map<string, Map<string, number>>()

  constructor(ledger: Pick<Ledger, 'everyRanking'>) {
    this.#ledger = ledger
  }

  firsts(questionId: string, continuing: readonly string[], state: BoxState | null): FirstsAmong {
    if (state !== null && state.seq !== this.#seq) this.#read(state)
    const counts = continuing.map(() => 0)
    let exhausted = 0
    for (const [ranking, ballots] of this.#known.get(questionId) ?? []) {
      const one = firstsAmong([JSON.parse(ranking)], continuing)
      one.counts.forEach((count, at) => {
        counts[at] = (counts[at] ?? 0) + count * ballots
      })
      exhausted += one.exhausted * ballots
    }
    return { counts, exhausted }
  }

  #read(state: BoxState): void {
    const asked = state.definition.poll.questions.filter(({ type }) => type === 'ranking').map(({ id }) => id)
    const known = new Map(asked.map((id) => [id, new Map<string, number>()]))
    for (const text of this.#ledger.everyRanking()) {
      const answers: Answers = JSON.parse(text)
      for (const [id, rankings] of known) {
        if (!Object.hasOwn(answers, id)) continue
        const ranking = JSON.stringify(answers[id])
        rankings.set(ranking, (rankings.get(ranking) ?? 0) + 1)
      }
    }
    this.#known = known
    this.#seq = state.seq
  }
}
