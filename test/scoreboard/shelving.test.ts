// What anybody may read of a closed poll lies where no scoreboard must be woken for it, and is never older for long.
import { describe, expect, test } from 'vitest'
import { aBoard, type BoardStand, pizza, tallyOf } from '../support/boards.ts'

const aClosedPoll = async (): Promise<BoardStand> => {
  const stand = await aBoard()
  stand.boxes.held.set(0, { version: 1, tally: tallyOf(stand.definition, [pizza]) })
  await stand.board.close()
  return stand
}

const keptNow = ({ shelf }: BoardStand) => {
  const kept = shelf.kept.at(-1)
  return kept && { results: JSON.parse(kept.snapshot.document), poll: kept.poll }
}

const hide = ({ board, definition: { poll } }: BoardStand) =>
  board.change({ kind: 'edit', from: 2, definition: { ...poll, results: 'hidden' } })

const full = () => Promise.reject(new Error('one write a second'))

describe('the shelf', () => {
  test('has nothing of a poll that is open', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, pizza)
    await stand.time.advance(1_000)
    expect(stand.shelf.kept).toEqual([])
  })

  test('has a closed poll and its results as one', async () => {
    const stand = await aClosedPoll()
    expect(keptNow(stand)).toMatchObject({
      results: { ballots: 1, final: true },
      poll: { phase: 'closed', version: 2 },
    })
    expect(stand.shelf.kept).toHaveLength(1)
  })

  test('hears of a change of the poll after its close', async () => {
    const stand = await aClosedPoll()
    await hide(stand)
    expect(keptNow(stand)).toMatchObject({ poll: { results: 'hidden', version: 3 } })
  })

  test('hears of an erasure after the close', async () => {
    const stand = await aClosedPoll()
    const { tally } = stand.boxes.held.get(0) ?? {}
    if (tally == null) throw new Error('shard 0 holds a ballot')
    await stand.board.report({
      pollId: stand.definition.poll.id,
      shard: 0,
      version: 2,
      tally: { ...tally, erased: 1 },
    })
    await stand.time.advance(1_000)
    expect(keptNow(stand)).toMatchObject({ results: { erased: 1 } })
  })

  test('is written until it is there, through a restart', async () => {
    const stand = await aClosedPoll()
    stand.shelf.before = full
    await hide(stand)
    expect(keptNow(stand)).toMatchObject({ poll: { results: 'always' } })
    expect(stand.events).toContainEqual(expect.objectContaining({ type: 'shelf-failed' }))
    stand.restart()
    await stand.ring()
    stand.shelf.before = async () => {}
    await stand.ring()
    expect(keptNow(stand)).toMatchObject({ poll: { results: 'hidden' } })
  })

  test('is not written again for nothing', async () => {
    const stand = await aClosedPoll()
    stand.restart()
    while (await stand.ring());
    expect(stand.shelf.kept).toHaveLength(1)
  })

  test('of a deleted poll is cleared until nothing is left', async () => {
    const stand = await aClosedPoll()
    stand.shelf.before = full
    await stand.board.remove()
    expect(stand.tables()['board']).toMatchObject([{ removed: 0 }])
    stand.shelf.before = async () => {}
    await stand.ring()
    expect(stand.shelf.dropped).toEqual([stand.definition.poll.id])
    expect(stand.tables()['board']).toMatchObject([{ removed: 1 }])
  })
})
