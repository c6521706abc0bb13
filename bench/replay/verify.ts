// After the casting: is what is published, and what is archived, the cast ballots to the vote?
import { type Comparison, differencesIn, renderComparison, runoffDifferences } from './compare.ts'
import type { Election, Ranking } from './election.ts'
import { type Expected, expectedOf, runoffOf } from './expected.ts'
import { countArchived, readArchived, type StoredBallots } from './postgres-count.ts'
import { columnOf, type Published, waitForPublished } from './published.ts'
import type { RunState } from './run-state.ts'
import { askServer, Refused } from './server.ts'
import { readTarget, type TargetOptions } from './target.ts'

export interface Verdict {
  readonly differences: number
  /** What could not be compared, and why; not a difference, but not a proof either. */
  readonly notCompared: readonly string[]
}

/** Compares and prints; the verdict decides the exit code. */
export const verify = async (
  election: Election,
  ballots: readonly Ranking[],
  run: RunState,
  target: TargetOptions,
): Promise<Verdict> => {
  const expected = expectedOf(ballots, election.candidates.length)
  const isThere = ({ ballots: count }: Published): boolean => count >= expected.ballots
  const owner = await waitForPublished(target, { ...run, as: 'owner' }, isThere, publishedWithinMs)
  const anyone = await waitForPublished(target, { ...run, as: 'anyone' }, isThere, publishedWithinMs)
  const archived = await waitForArchive(expected.ballots, run, target)
  const comparisons = comparisonsOf(election, expected, run, { owner, anyone }, archived)
  for (const comparison of comparisons) console.log(`\n${renderComparison(comparison)}`)
  const runoff = run.type === 'ranking' ? await verifyRunoff(election, ballots, run, target) : 0
  return {
    differences: comparisons.reduce((sum, comparison) => sum + differencesIn(comparison), 0) + runoff,
    notCompared: archived === null ? ['Postgres: no database is known, give one with --database-url'] : [],
  }
}

const comparisonsOf = (
  election: Election,
  expected: Expected,
  run: RunState,
  { owner, anyone }: Readonly<Record<'owner' | 'anyone', Published>>,
  archived: StoredBallots | null,
): readonly Comparison[] => {
  const { candidates } = election
  const stored = archived === null ? null : expectedOf(archived.ballots, candidates.length)
  const columns = (field: 'votes' | 'firsts' | 'points', of: 'firsts' | 'points'): Comparison['found'] => ({
    'for the owner': columnOf(owner.question, field, candidates.length),
    'for anyone': columnOf(anyone.question, field, candidates.length),
    ...(stored === null ? {} : { Postgres: stored[of] }),
  })
  const isWhole = expected.ballots === election.rankings.reduce((sum, [count]) => sum + count, 0)
  const file = candidates.map((name) => election.firsts[name] ?? 0)
  const totals: Comparison = {
    title: 'ballots',
    labels: ['ballots', 'that answer the question', 'erased', 'strange'],
    must: [expected.ballots, expected.ballots, 0, 0],
    found: {
      'for the owner': totalsOf(owner),
      'for anyone': totalsOf(anyone),
      ...(archived === null
        ? {}
        : { Postgres: [archived.rows, archived.ballots.length, 0, archived.strange] }),
    },
  }
  const firsts: Comparison = {
    title: 'first choices',
    labels: candidates,
    must: expected.firsts,
    found: {
      ...columns(run.type === 'choice' ? 'votes' : 'firsts', 'firsts'),
      ...(isWhole ? { 'in the file': file } : {}),
    },
  }
  if (run.type === 'choice') return [totals, firsts]
  return [
    totals,
    firsts,
    { title: 'points', labels: candidates, must: expected.points, found: columns('points', 'points') },
  ]
}

const totalsOf = (results: Published): readonly number[] => [
  results.ballots,
  results.question.ballots,
  results.erased,
  0,
]

/** Null when nobody said where Postgres is. */
const waitForArchive = async (
  ballots: number,
  { pollId, questionId }: RunState,
  target: TargetOptions,
): Promise<StoredBallots | null> => {
  const untilMs = performance.now() + archivedWithinMs
  for (;;) {
    const { databaseUrl } = readTarget(target)
    if (databaseUrl === null) return null
    const isOver = performance.now() > untilMs
    const count = await countArchived(databaseUrl, pollId).catch((error: unknown) => {
      if (isOver)
        throw new Error(`Postgres does not answer: ${error instanceof Error ? error.message : error}`)
      return null
    })
    if (isOver || (count !== null && count >= ballots)) return readArchived(databaseUrl, pollId, questionId)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

const verifyRunoff = async (
  election: Election,
  ballots: readonly Ranking[],
  run: RunState,
  target: TargetOptions,
): Promise<number> => {
  const must = runoffOf(ballots, election.candidates.length)
  const close = `/v1/polls/${run.pollId}/close`
  try {
    await askServer(target, { method: 'POST', path: close, key: `replay-${run.runId}-close` })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    console.log(`\nrunoff: cannot be compared, because the poll cannot be closed. ${error.message}`)
    return 1
  }
  const closed = await waitForPublished(target, { ...run, as: 'owner' }, ({ final }) => final, closedWithinMs)
  const differences = [
    ...(closed.final ? [] : ['the result must be final after the close, but is not']),
    ...runoffDifferences(must, closed.question.runoff),
  ]
  const winner = must.winner === null ? 'nobody' : election.candidates[must.winner]
  console.log(`\nrunoff: ${must.rounds.length} rounds, ${winner} wins, ${must.exhausted} exhausted`)
  for (const difference of differences) console.log(`  ← ${difference}`)
  return differences.length
}

const publishedWithinMs = 60_000
const archivedWithinMs = 180_000
const closedWithinMs = 60_000
