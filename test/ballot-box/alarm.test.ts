// What a box does when its alarm rings: archive what is not archived, tell the board what it does not know, and see to
// the next alarm, whatever fails meanwhile.
import { describe, expect, test } from 'vitest'
import { aBox, type BoxStand, taken } from '../support/boxes.ts'
import { aDefinition, whereAndWhy } from '../support/polls.ts'

const confirmAll = async (stand: BoxStand): Promise<void> => {
  for (const { first, last } of stand.queue.messages) await stand.box.confirm(stand.address, first, last)
}

const alarmIn = ({ storage, time }: BoxStand): number | null =>
  storage.alarm === null ? null : storage.alarm - time.clock.now()

describe('the alarm', () => {
  test('is set by a commit, a second later, so that events gather', async () => {
    const stand = aBox()
    stand.cast('ann')
    await stand.time.advance(0)
    expect(alarmIn(stand)).toBe(1_000)
  })

  test('is not put off by what comes in while it is set', async () => {
    const stand = aBox()
    stand.cast('ann')
    await stand.time.advance(0)
    const alarm = stand.storage.alarm
    await stand.time.advance(600)
    await stand.castNow('bob')
    expect(stand.storage.alarm).toBe(alarm)
  })

  test('is never set by a box that took nothing', async () => {
    const stand = aBox({ definition: aDefinition({ phase: 'draft' }) })
    await stand.castNow('ann')
    expect(stand.storage.alarm).toBeNull()
  })

  test('is set no more once everything is archived and the board has it', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    await stand.ring()
    await confirmAll(stand)
    while (await stand.ring());
    expect(stand.storage.alarm).toBeNull()
    expect(await stand.box.standing(stand.address)).toMatchObject({ seq: 1, archived: 1 })
  })

  test('that finds a box nobody has voted in does nothing', async () => {
    const stand = aBox()
    await stand.box.wake()
    expect([stand.storage.alarm, stand.queue.messages, stand.events]).toEqual([null, [], []])
  })
})

describe('archiving', () => {
  test('sends the ballots as they stand, with what opens their commitments', async () => {
    const stand = aBox()
    const ballot = taken(await stand.castNow('ann', { where: ['sushi'] }, null, { country: 'DE' }))
    await stand.ring()
    expect(stand.queue.messages).toEqual([
      {
        v: 2,
        id: `${stand.address.pollId}:0:1`,
        workspaceId: expect.any(String),
        ...stand.address,
        first: 1,
        last: 1,
        ballots: [
          {
            id: ballot.id,
            revision: 1,
            castAt: ballot.castAt,
            answers: { where: ['sushi'] },
            country: 'DE',
            shard: 0,
            seq: 1,
            salt: expect.stringMatching(/^[0-9a-f]{32}$/),
          },
        ],
      },
    ])
  })

  test('sends again what was not confirmed in time, and says so', async () => {
    const stand = aBox({ settings: { resendAfterMs: 5_000 } })
    await stand.castNow('ann')
    await stand.ring()
    await stand.ring()
    expect(stand.queue.messages.map(({ first, last }) => [first, last])).toEqual([
      [1, 1],
      [1, 1],
    ])
    expect(stand.events).toContainEqual(
      expect.objectContaining({ type: 'ballots-sent', ...stand.address, again: 1 }),
    )
  })

  test('sends again after a restart without waiting for the time, since it cannot know what arrived', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    await stand.ring()
    stand.restart()
    expect(alarmIn(stand)).toBe(1_000)
    await stand.ring()
    expect(stand.queue.messages).toHaveLength(2)
  })

  test('goes on after an alarm that failed, in its time', async () => {
    const stand = aBox({ settings: { failedAlarmMs: 7_000 } })
    await stand.castNow('ann')
    stand.queue.down = true
    await stand.ring()
    expect(stand.events.findLast(({ type }) => type !== 'box-stood')).toMatchObject({
      type: 'alarm-failed',
      where: 'ballot-box',
    })
    expect(alarmIn(stand)).toBe(7_000)
    stand.queue.down = false
    await stand.ring()
    await confirmAll(stand)
    expect((await stand.box.standing(stand.address)).archived).toBe(1)
  })

  test('fails as often as it must: each alarm sets the next', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    stand.queue.down = true
    for (let failures = 0; failures < 20; failures++) expect(await stand.ring()).toBe(true)
    stand.queue.down = false
    await stand.ring()
    expect(stand.queue.messages).toHaveLength(1)
  })

  test('sends a ballot that was revised meanwhile with its newest answers and the place of that revision', async () => {
    const stand = aBox({ definition: aDefinition({ revisions: 'until-close' }) })
    await stand.castNow('ann', { where: ['pizza'] })
    await stand.castNow('bob')
    const revised = taken(await stand.castNow('ann', { where: ['sushi'] }))
    await stand.ring()
    const anns = stand.queue.messages.flatMap(({ ballots }) => ballots).filter(({ id }) => id === revised.id)
    expect(anns).toHaveLength(2)
    for (const ballot of anns)
      expect(ballot).toMatchObject({ revision: 2, seq: revised.seq, answers: { where: ['sushi'] } })
  })

  test('sends an erased ballot without answers, country and salt, as a higher revision', async () => {
    const stand = aBox()
    const { id } = taken(await stand.castNow('ann', { where: ['pizza'] }, null, { country: 'DE' }))
    await stand.box.erase(stand.address, 1)
    await stand.ring()
    const [newest] = stand.queue.messages
      .flatMap(({ ballots }) => ballots)
      .toSorted((one, other) => other.revision - one.revision)
    expect(newest).toMatchObject({ id, revision: 2, answers: null, country: null, salt: null })
    expect(JSON.stringify(stand.queue.messages)).not.toMatch(/pizza|DE/)
  })

  test('sends long texts in several messages of 60 KB', async () => {
    const stand = aBox({ definition: aDefinition({ questions: whereAndWhy }) })
    for (let at = 0; at < 40; at++)
      await stand.castNow(`voter ${at}`, { where: ['pizza'], why: 'é'.repeat(5_000) })
    await stand.ring()
    for (const { ballots } of stand.queue.messages)
      expect(Buffer.byteLength(JSON.stringify(ballots))).toBeLessThan(61_000)
    expect(stand.queue.messages.flatMap(({ ballots }) => ballots.map(({ seq }) => seq))).toEqual(
      Array.from({ length: 40 }, (_, at) => at + 1),
    )
  })

  test('says the same everywhere of how far it is', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    await stand.ring()
    await confirmAll(stand)
    const { archived } = await stand.box.standing(stand.address)
    expect(archived).toBe(1)
    expect((await stand.box.log(stand.address, 0, 10)).standing.archived).toBe(archived)
  })

  test('begins again from where a reconciler says Postgres is', async () => {
    const stand = aBox()
    for (const voter of ['ann', 'bob', 'cat']) await stand.castNow(voter)
    await stand.ring()
    await confirmAll(stand)
    await stand.box.resend(stand.address, 1)
    expect((await stand.box.standing(stand.address)).archived).toBe(1)
    await stand.ring()
    expect(stand.queue.messages.at(-1)).toMatchObject({ first: 2, last: 3 })
  })
})

describe('telling the board', () => {
  test('is repeated by alarms until the board says it is durable', async () => {
    const stand = aBox()
    stand.board.answerReport = async () => ({ durable: 0 })
    await stand.castNow('ann')
    await stand.ring()
    await confirmAll(stand)
    const reports = stand.board.reports.length
    await stand.ring()
    expect(stand.board.reports.length).toBe(reports + 1)
    stand.board.answerReport = async ({ version }) => ({ durable: version })
    await stand.ring()
    expect(await stand.ring()).toBe(false)
  })

  test('does not depend on the queue: while it is down the board still hears what it missed', async () => {
    const stand = aBox()
    stand.queue.down = true
    stand.board.answerReport = () => Promise.reject(new Error('the board is away'))
    await stand.castNow('ann')
    stand.board.answerReport = async ({ version }) => ({ durable: version })
    const missed = stand.board.reports.length
    await stand.ring()
    await stand.ring()
    expect(stand.board.reports.slice(missed)).toMatchObject([{ version: 1, tally: { ballots: 1 } }])
  })

  test('does not keep the archive waiting: while the board is away ballots are still sent', async () => {
    const stand = aBox()
    stand.board.answerReport = () => Promise.reject(new Error('the board is away'))
    await stand.castNow('ann')
    await stand.ring()
    expect(stand.queue.messages).toHaveLength(1)
  })
})
