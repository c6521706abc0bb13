// A box says how far it is whenever that has changed: what the exact metrics are made of.
import { describe, expect, test } from 'vitest'
import { aBox, type BoxStand } from '../support/boxes.ts'

const standings = ({ events }: BoxStand) =>
  events.flatMap((event) =>
    event.type === 'box-stood' ? [[event.seq, event.archived, event.since] as const] : [],
  )

const voter = (at: number) => `voter-who-stands-${at}`

describe('how far a box is', () => {
  test('is told with each commit and each confirmation, with since when the oldest waits', async () => {
    const stand = aBox()
    await stand.castNow(voter(1))
    const first = standings(stand).at(-1)
    expect(first).toEqual([1, 0, expect.any(Number)])
    await stand.time.advance(5_000)
    await stand.castNow(voter(2))
    expect(standings(stand).at(-1)).toEqual([2, 0, first?.[2]]) // the first still waits
    await stand.box.confirm(stand.address, 1, 1)
    const [, , since] = standings(stand).at(-1) ?? []
    expect(since).toBeGreaterThanOrEqual(Number(first?.[2]) + 5_000)
    await stand.box.confirm(stand.address, 2, 2)
    expect(standings(stand).at(-1)).toEqual([2, 2, null])
  })

  test('is told again by one that starts anew, and by one that is audited', async () => {
    const stand = aBox()
    await stand.castNow(voter(1))
    const told = standings(stand).at(-1)
    stand.events.length = 0
    stand.restart()
    expect(standings(stand)).toEqual([told])
    await stand.box.audit(stand.address)
    expect(standings(stand)).toEqual([told, told])
  })

  test('goes back where Postgres has lost something', async () => {
    const stand = aBox()
    await stand.castNow(voter(1))
    await stand.box.confirm(stand.address, 1, 1)
    await stand.box.resend(stand.address, 0)
    expect(standings(stand).at(-1)).toEqual([1, 0, expect.any(Number)])
  })

  test('is nothing that waits, once its poll is deleted', async () => {
    const stand = aBox()
    await stand.castNow(voter(1))
    await stand.box.destroy()
    expect(standings(stand).at(-1)).toEqual([1, 1, null])
  })
})
