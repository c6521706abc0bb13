// Timelines and breakdowns over rows that somebody else keeps, counted anew each time; test/contracts holds the archive's own
// to the same.
import type { CrossTabCell, RollupReader, RollupRecords } from '../../src/application/rollups.ts'
import type { RowsOf } from './ballot-pages.ts'

const lengths = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** `rankings` says which questions count by their first choice. */
export const rollupReaderOver = (rowsOf: RowsOf, rankings: readonly string[] = []): RollupReader => {
  const answered = async (pollId: string, signal: AbortSignal) =>
    (await rowsOf(pollId, null, 1_000_000, signal)).filter(({ answers }) => answers !== null)
  return {
    timeline: async ({ id }, { interval, from, to, limit }, signal) => {
      const counts = new Map<number, number>()
      for (const { castAt } of await answered(id, signal)) {
        if (castAt < from || castAt >= to) continue
        const at = Math.floor(castAt / lengths[interval]) * lengths[interval]
        counts.set(at, (counts.get(at) ?? 0) + 1)
      }
      return [...counts]
        .toSorted(([one], [other]) => one - other)
        .slice(0, limit)
        .map(([at, ballots]) => ({ at, ballots }))
    },
    crossTab: async ({ id }, signal) => {
      const cells = new Map<string, CrossTabCell>()
      const count = (country: string | null, choice: CrossTabCell['choice']) => {
        const name = JSON.stringify([country, choice])
        cells.set(name, { country, choice, ballots: (cells.get(name)?.ballots ?? 0) + 1 })
      }
      for (const { country, answers } of await answered(id, signal)) {
        count(country, null)
        for (const [questionId, answer] of Object.entries(answers ?? {})) {
          const chosen =
            typeof answer === 'number' ? [String(answer)] : typeof answer === 'string' ? [] : answer
          for (const optionId of rankings.includes(questionId) ? chosen.slice(0, 1) : chosen)
            count(country, { questionId, optionId })
        }
      }
      return [...cells.values()]
    },
  }
}

/** Of a Postgres that counts nothing. */
export const nothingCounted: RollupRecords = {
  agrees: async () => true,
  recount: async () => {},
}
