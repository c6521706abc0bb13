// What owners read of ballots, over rows that somebody else keeps; test/contracts holds the archive's own to the same.
import type { BallotPages } from '../../src/application/ballot-pages.ts'
import type { ArchivedBallot } from '../../src/domain/ballot/ballot.ts'
import { exportLine } from '../../src/representation/export-line.ts'

/** A poll's ballots in the order of their ids, after one. */
export type RowsOf = (
  pollId: string,
  after: string | null,
  limit: number,
  signal: AbortSignal,
) => Promise<readonly ArchivedBallot[]>

export const ballotPagesOver = (rowsOf: RowsOf): BallotPages => {
  const all = 1_000_000
  return {
    list: async ({ id }, { after, limit, erased }, signal) => {
      const rows = await rowsOf(id, after, all, signal)
      const found = rows.filter(({ answers }) => erased === null || (answers === null) === erased)
      return page(found, limit, ({ shard: _shard, seq: _seq, salt: _salt, ...shown }) => shown)
    },
    find: async ({ id }, ballotId, signal) => {
      const found = (await rowsOf(id, null, all, signal)).find((ballot) => ballot.id === ballotId)
      if (found === undefined) return null
      const { shard: _shard, seq: _seq, salt: _salt, ...shown } = found
      return shown
    },
    texts: async ({ id }, { questionId, after, limit }, signal) => {
      const rows = await rowsOf(id, after, all, signal)
      const found = rows.filter(({ answers }) => answers !== null && Object.hasOwn(answers, questionId))
      return page(found, limit, ({ id: ballotId, castAt, answers }) => ({
        ballotId,
        castAt,
        text: String(answers?.[questionId]),
      }))
    },
    lines: async ({ id }, { after, rows }, signal) => {
      const found = await rowsOf(id, after, rows, signal)
      const next = found.length === rows ? (found.at(-1)?.id ?? null) : null
      return { lines: found.map(exportLine).join(''), ballots: found.length, next }
    },
  }
}

const page = <Item extends { readonly id: string }, Shown>(
  found: readonly Item[],
  limit: number,
  shown: (item: Item) => Shown,
) => ({
  items: found.slice(0, limit).map(shown),
  next: found.length > limit ? (found[limit - 1]?.id ?? null) : null,
})
