// The replay: what a small election must give, which ballots are cast, how a difference shows, how long to wait.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { backoffMs } from '../../bench/replay/backoff.ts'
import { keysOf } from '../../bench/replay/cast-all.ts'
import { differencesIn, renderComparison, runoffDifferences } from '../../bench/replay/compare.ts'
import { ballotsOf, readElection } from '../../bench/replay/election.ts'
import { expectedOf, runoffOf } from '../../bench/replay/expected.ts'
import { ballotBody, rankingOf } from '../../bench/replay/poll-of.ts'
import { columnOf } from '../../bench/replay/published.ts'
import { keepRun, readRun } from '../../bench/replay/run-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgepoll-replay-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (content: unknown, name = 'small.json'): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** Seven voters: Ann leads, but Cem's voters prefer Bea. */
const small = {
  title: 'Small',
  candidates: ['Ann', 'Bea', 'Cem', 'Dot'],
  rankings: [
    [3, [0, 1]],
    [2, [1, 0, 2]],
    [2, [2, 1]],
  ],
}

describe('an election file', () => {
  it('gives each ballot once, in an order its seed alone decides', () => {
    const election = readElection(fileOf(small))
    const ballots = ballotsOf(election, 'x')
    expect(ballots).toHaveLength(7)
    expect(ballotsOf(election, 'x')).toEqual(ballots)
    expect(expectedOf(ballots, 4).firsts).toEqual([3, 2, 2, 0])
  })

  it('gives a sample that is the beginning of the whole', () => {
    const election = readElection(fileOf(small))
    expect(ballotsOf(election, 'x', 3)).toEqual(ballotsOf(election, 'x').slice(0, 3))
  })

  it('that is missing, no JSON, or no election is one sentence', () => {
    expect(() => readElection(join(folder, 'none.json'))).toThrow(/There is no election file/)
    expect(() => readElection(fileOf('{', 'broken.json'))).toThrow(/is not JSON/)
    expect(() =>
      readElection(fileOf({ title: 'x', candidates: [], rankings: [[1, [4]]] }, 'odd.json')),
    ).toThrow(/no election/)
  })
})

describe('what ballots must give', () => {
  const ballots = ballotsOf(readElection(fileOf(small)), 'x')

  it('counts first choices and Borda points', () => {
    expect(expectedOf(ballots, 4)).toEqual({ ballots: 7, firsts: [3, 2, 2, 0], points: [13, 16, 8, 0] })
  })

  it('runs instant runoff until a majority: who has fewest leaves, ties by fewer points', () => {
    const runoff = runoffOf(ballots, 4)
    expect(runoff.rounds.map(({ counts, eliminated }) => [Object.fromEntries(counts), eliminated])).toEqual([
      [{ 0: 3, 1: 2, 2: 2, 3: 0 }, [3]],
      [{ 0: 3, 1: 2, 2: 2 }, [2]], // Bea and Cem have two each, Cem fewer points
      [{ 0: 3, 1: 4 }, []],
    ])
    expect(runoff.winner).toBe(1)
    expect(runoff.exhausted).toBe(0)
  })

  it('reproduces the example of docs/design/api.md, where points break the tie', () => {
    const example = [
      [0, 1],
      [0, 1],
      [1, 2],
      [1, 0],
      [2, 1],
    ]
    const runoff = runoffOf(example, 3)
    expect(runoff.rounds[0]?.eliminated).toEqual([2])
    expect(Object.fromEntries(runoff.rounds[1]?.counts ?? [])).toEqual({ 0: 2, 1: 3 })
    expect(runoff.winner).toBe(1)
  })

  it('counts those as exhausted whose every choice has left', () => {
    const runoff = runoffOf([[0], [0], [0], [1], [1], [1, 0], [2]], 3)
    expect(runoff.exhausted).toBe(3)
    expect(runoff.rounds).toHaveLength(3)
  })
})

describe('differences', () => {
  const comparison = {
    title: 'first choices',
    labels: ['Ann', 'Bea'],
    must: [2, 5],
    found: { results: [2, 5], Postgres: [2, 4] },
  }

  it('are counted, also where a number is missing', () => {
    expect(differencesIn(comparison)).toBe(1)
    expect(differencesIn({ ...comparison, found: { results: [2, Number.NaN] } })).toBe(1)
    expect(differencesIn({ ...comparison, found: { results: [2, 5] } })).toBe(0)
  })

  it('are marked in the table, which shows the largest first', () => {
    expect(renderComparison(comparison).split('\n')).toEqual([
      'first choices  must be  results  Postgres',
      'Bea                  5        5         4  ← differs',
      'Ann                  2        2         2',
    ])
  })

  it('of a runoff name the round', () => {
    const must = runoffOf([[0, 1], [0], [1]], 2)
    const published = { winner: 'c0', exhausted: 0, rounds: [{ counts: { c1: 1, c0: 2 }, eliminated: [] }] }
    expect(runoffDifferences(must, published)).toEqual([])
    expect(
      runoffDifferences(must, { ...published, rounds: [{ counts: { c0: 1, c1: 1 }, eliminated: [] }] }),
    ).toEqual(['round 1: the counts must be [["c0",2],["c1",1]], but [["c0",1],["c1",1]] was published'])
    expect(runoffDifferences(must, null)).toEqual(['no runoff was published'])
  })
})

describe('ballots on the wire', () => {
  it('carry the first choice or the whole ranking, and come back from storage as they went', () => {
    const choice = ballotBody([2, 0], { questionId: 'mayor', type: 'choice' })
    const ranking = ballotBody([2, 0], { questionId: 'mayor', type: 'ranking' })
    expect(choice).toBe('{"answers":{"mayor":["c2"]}}')
    expect(ranking).toBe('{"answers":{"mayor":["c2","c0"]}}')
    expect(rankingOf(['c2', 'c0'])).toEqual([2, 0])
    expect(rankingOf('c2')).toEqual([2])
    expect(rankingOf(null)).toBeNull()
    expect(rankingOf(['pizza'])).toBeNull()
  })

  it('are read from results by candidate, a missing option as no number', () => {
    const question = { ballots: 3, options: [{ id: 'c1', votes: 2 }] }
    expect(columnOf(question, 'votes', 2)).toEqual([Number.NaN, 2])
  })

  it('have the same keys at each attempt, other keys for another ballot or run, and legal ones', () => {
    expect(keysOf('run', 1)).toEqual(keysOf('run', 1))
    expect(keysOf('run', 1)).not.toEqual(keysOf('run', 2))
    expect(keysOf('run', 1)).not.toEqual(keysOf('nur', 1))
    for (const key of Object.values(keysOf('0123456789', 79_320))) expect(key).toMatch(/^[!-~]{16,128}$/)
  })
})

describe('waiting before another attempt', () => {
  it('is drawn from the whole span, which doubles up to two seconds', () => {
    expect(backoffMs(0, null, () => 0.5)).toBe(25)
    expect(backoffMs(3, null, () => 0.5)).toBe(200)
    expect(backoffMs(60, null, () => 0.5)).toBe(1000)
    expect(backoffMs(3, null, () => 0)).toBe(0)
  })

  it('comes on top of what the server asked for', () => {
    expect(backoffMs(0, 2, () => 0)).toBe(2000)
  })
})

describe('a run that was interrupted', () => {
  it('is remembered whole, and its absence is one sentence', () => {
    const state = {
      runId: 'r',
      pollId: 'poll_1',
      file: 'f',
      seed: 's',
      voters: 9,
      questionId: 'mayor',
      type: 'choice',
      acknowledged: 4,
    } as const
    expect(() => readRun(join(folder, 'empty'))).toThrow(/no replay to resume/)
    keepRun(folder, state)
    expect(readRun(folder)).toEqual(state)
  })
})
