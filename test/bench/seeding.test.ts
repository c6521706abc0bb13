// A box that a benchmark filled by SQL goes on as if so many voters had come.
import { describe, expect, it } from 'vitest'
import { ballotsPerCommit, seedBox } from '../../bench/drivers/metered/seed.ts'
import { aBox } from '../support/boxes.ts'

describe('a seeded box', () => {
  const ballots = 20 * ballotsPerCommit
  const seeded = () => {
    const stand = aBox()
    const { address, definition, storage } = stand
    seedBox(storage, { address, definition, ballots, answers: { where: ['pizza'] } })
    return stand
  }

  it('counts the next ballot on top of those that lie in it', async () => {
    const stand = seeded()
    expect(await stand.castNow('a voter who comes after', { where: ['sushi'] })).toMatchObject({
      ok: true,
      value: { kind: 'accepted', ballot: { seq: ballots + 1 } },
    })
    const [report] = stand.board.reports
    expect(report).toMatchObject({ version: ballots + 1, tally: { ballots: ballots + 1 } })
    expect(report?.tally.questions['where']?.counts).toEqual([ballots, 1])
  })

  it('has a row a ballot, as long as a real one, and takes what lies in it for archived', async () => {
    const stand = seeded()
    await stand.castNow('a voter who comes after')
    const length = 'length(voter_key) + length(ballot_key) + length(answers) + length(revisions)'
    const [rows] = stand.storage.all<{ rows: number; shortest: number; longest: number }>(
      `select count(*) as rows, min(${length}) as shortest, max(${length}) as longest from ballot`,
    )
    expect(rows?.rows).toBe(ballots + 1)
    expect((rows?.longest ?? 0) - (rows?.shortest ?? 0)).toBeLessThan(30)
    expect(await stand.box.standing(stand.address)).toMatchObject({ seq: ballots + 1, archived: ballots })
  })

  it('goes on when it wakes again, and has a log without gaps', async () => {
    const stand = seeded()
    await stand.castNow('a voter who comes after')
    stand.restart()
    await stand.castNow('another voter altogether')
    const page = await stand.box.log(stand.address, ballots - 10, 100)
    expect(page.entries.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 12 }, (_, at) => ballots - 9 + at),
    )
  })

  it('is filled by whole commits only', () => {
    const { address, definition, storage } = aBox()
    const odd = { address, definition, ballots: ballotsPerCommit + 1, answers: { where: ['pizza'] } }
    expect(() => seedBox(storage, odd)).toThrow(RangeError)
  })
})
