// The real election of test/data: what our own expectation makes of its 79,321 ballots is what is published of it.
import { expect, it } from 'vitest'
import { ballotsOf, readElection } from '../../bench/replay/election.ts'
import { expectedOf, runoffOf } from '../../bench/replay/expected.ts'

it('gives the published first choices, the published winner after 34 rounds, and the published exhausted ballots', () => {
  const election = readElection('test/data/minneapolis-mayor-2013.json')
  const ballots = ballotsOf(election, 'any')
  expect(ballots).toHaveLength(79_321)
  const { firsts } = expectedOf(ballots, election.candidates.length)
  expect(Object.fromEntries(election.candidates.map((name, candidate) => [name, firsts[candidate]]))).toEqual(
    election.firsts,
  )

  const runoff = runoffOf(ballots, election.candidates.length)
  const last = runoff.rounds.at(-1)?.counts ?? new Map<number, number>()
  const byName = Object.fromEntries(
    [...last].map(([candidate, count]) => [election.candidates[candidate], count]),
  )
  expect({
    winner: runoff.winner === null ? null : election.candidates[runoff.winner],
    rounds: runoff.rounds.length,
    final: byName,
    exhausted: runoff.exhausted,
  }).toEqual(election.instantRunoff)
})
