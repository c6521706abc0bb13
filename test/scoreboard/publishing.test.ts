// What a scoreboard shows of its shards' reports: the newest of each, merged, not too often, and never going back.
import '../laws/seed.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { outcomes, type QuestionOutcome } from '../../src/domain/tally/tally.ts'
import { aBallot, someQuestions } from '../laws/polls.ts'
import { aBoard, aReport, type BoardStand, pizza, sushi, tallyOf } from '../support/boards.ts'
import { noon } from '../support/timeline.ts'

const published = ({ events }: BoardStand) =>
  events.flatMap((event) => (event.type === 'results-published' ? [event.version] : []))

describe('a poll nobody has voted in', () => {
  test('has results of version 0: zeros, as of when it was made', async () => {
    const stand = await aBoard({ shards: 4 })
    expect(await stand.results()).toMatchObject({
      pollId: stand.definition.poll.id,
      version: 0,
      asOf: new Date(stand.definition.poll.createdAt).toISOString(),
      final: false,
      ballots: 0,
      questions: [{ options: [{ votes: 0 }, { votes: 0 }] }],
    })
  })

  test('stays at version 0, rankings or not, also when its object starts again', async () => {
    const options = ['a', 'b', 'c'].map((id) => ({ id, label: id }))
    const stand = await aBoard({
      questions: [{ id: 'order', type: 'ranking', prompt: 'Rank', required: false, options }],
    })
    await stand.time.advance(60_000)
    stand.restart()
    await stand.time.advance(60_000)
    expect(published(stand)).toEqual([])
    expect(stand.time.pending).toEqual([])
  })

  test('that nobody has made has none, and costs no table', async () => {
    const stand = await aBoard({}, { made: false })
    expect(await stand.board.snapshot()).toBeNull()
    expect(await stand.board.definition()).toBeNull()
    expect(await stand.board.join({ pollId: 'poll_x', shard: 0 })).toBeNull()
    expect(await stand.board.follow('leaf/0', 1)).toBeNull()
    await stand.board.wake()
    expect(stand.tables()).toEqual({})
    expect(stand.storage.alarm).toBeNull()
  })
})

describe('reports', () => {
  test('of several shards are merged when they are published', async () => {
    const stand = await aBoard({ shards: 2 })
    await stand.report(0, 2, pizza, sushi)
    await stand.report(1, 1, pizza)
    await stand.time.advance(0)
    expect(await stand.results()).toMatchObject({
      ballots: 3,
      questions: [{ options: [{ votes: 2 }, { votes: 1 }] }],
    })
  })

  test('of one shard replace one another: nothing is ever added up over time', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, pizza)
    await stand.time.advance(250)
    await stand.report(0, 2, pizza, pizza)
    await stand.time.advance(250)
    expect(await stand.results()).toMatchObject({ ballots: 2 })
  })

  test('below or at the version that is held change nothing', async () => {
    const stand = await aBoard()
    await stand.report(0, 5, pizza, pizza)
    await stand.time.advance(250)
    await stand.report(0, 4, sushi)
    await stand.report(0, 5, sushi)
    await stand.time.advance(1_000)
    expect(await stand.results()).toMatchObject({ version: 1, ballots: 2 })
  })

  test('are answered with what is durable, which comes with the publication', async () => {
    const stand = await aBoard()
    expect(await stand.report(0, 1, pizza)).toBe(0)
    await stand.time.advance(0)
    expect(await stand.report(0, 1, pizza)).toBe(1)
    expect(await stand.report(0, 2, pizza, pizza)).toBe(1)
  })

  test('in any order, repeated and across restarts, end in the fold over all ballots', async () => {
    await fc.assert(
      fc.asyncProperty(anElection, async ({ questions, shards, order }) => {
        const stand = await aBoard({ questions, shards: shards.length })
        const ballotsOf = (shard: number, version: number) => shards[shard]?.slice(0, version) ?? []
        for (const step of order) {
          if (step.kind === 'restart') stand.restart()
          else {
            const shard = step.shard % shards.length
            const version = Math.min(step.version, shards[shard]?.length ?? 0)
            if (version > 0)
              await stand.board.report(aReport(stand.definition, shard, version, ballotsOf(shard, version)))
            await stand.time.advance(step.wait)
          }
        }
        for (const [shard, ballots] of shards.entries())
          if (ballots.length > 0)
            await stand.board.report(aReport(stand.definition, shard, ballots.length, ballots))
        await stand.time.advance(250)

        const fold = tallyOf(stand.definition, shards.flat())
        const results = await stand.results()
        expect(results.ballots).toBe(fold.ballots)
        expect(results.questions.map(withoutRunoff)).toEqual(outcomes(questions, fold).map(withoutRunoff))
        const versions = published(stand)
        expect(versions).toEqual(versions.toSorted((one, other) => one - other))
        expect(new Set(versions).size).toBe(versions.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('publications', () => {
  test('come at once while all is quiet, and then at most four a second, however many reports come', async () => {
    const stand = await aBoard()
    const times: number[] = []
    stand.viewers.send = () => times.push(stand.time.clock.now())
    for (let version = 1; version <= 300; version++) {
      await stand.report(0, version, ...Array<Answers>(version).fill(pizza))
      await stand.time.advance(10)
    }
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
    expect(times[0]).toBe(noon)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250)
    expect(times).toHaveLength(13)
  })

  test('show a report within 250 ms', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, pizza)
    await stand.time.advance(0)
    await stand.report(0, 2, pizza, sushi)
    await stand.time.advance(250)
    expect(await stand.results()).toMatchObject({ ballots: 2, version: 2 })
  })

  test('still come when the clock has been put back an hour', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, pizza)
    await stand.time.advance(0)
    stand.time.skewBy(-3_600_000)
    await stand.report(0, 2, pizza, sushi)
    await stand.time.advance(250)
    expect(await stand.results()).toMatchObject({ ballots: 2 })
  })

  test('do not come where nothing has changed', async () => {
    const stand = await aBoard()
    await stand.report(0, 1, pizza)
    await stand.time.advance(10_000)
    await stand.report(0, 1, pizza)
    await stand.time.advance(10_000)
    expect(published(stand)).toEqual([1])
  })

  test('rise by one each, strictly across restarts', async () => {
    const stand = await aBoard()
    for (let version = 1; version <= 5; version++) {
      await stand.report(0, version, ...Array<Answers>(version).fill(pizza))
      await stand.time.advance(250)
      stand.restart()
    }
    expect(published(stand)).toEqual([1, 2, 3, 4, 5])
    expect(await stand.results()).toMatchObject({ version: 5, ballots: 5 })
  })

  test('are durable before they are shown', async () => {
    const stand = await aBoard()
    stand.viewers.send = (frame) => {
      const [row] = stand.storage.all<{ version: number }>('select version from publication')
      expect(row?.version).toBe(JSON.parse(frame).version)
      stand.viewers.frames.push(frame)
    }
    await stand.report(0, 1, pizza)
    await stand.time.advance(0)
    expect(stand.viewers.frames).toHaveLength(1)
  })

  test('that cannot be written show nothing, and the next report brings everything', async () => {
    const stand = await aBoard()
    stand.disk.breakOn(/insert into publication/)
    await stand.report(0, 1, pizza)
    await stand.time.advance(0).catch(() => undefined)
    expect(stand.viewers.frames).toEqual([])
    stand.disk.breakOn(null)
    expect(await stand.report(0, 1, pizza)).toBe(0)
    await stand.report(0, 2, pizza, sushi)
    await stand.time.advance(250)
    expect(await stand.results()).toMatchObject({ ballots: 2 })
  })
})

/** Runoffs are asked of the boxes, which this test leaves out. */
const withoutRunoff = (question: QuestionOutcome) => ({ ...question, runoff: null })

/** Ballots of up to four shards, and in what order and how often their tallies are told. */
const anElection = someQuestions.chain((questions) =>
  fc.record({
    questions: fc.constant(questions),
    shards: fc.array(fc.array(aBallot(questions), { maxLength: 6 }), { minLength: 1, maxLength: 4 }),
    order: fc.array(
      fc.oneof(
        {
          weight: 8,
          arbitrary: fc.record({
            kind: fc.constant('report' as const),
            shard: fc.nat(3),
            version: fc.integer({ min: 1, max: 6 }),
            wait: fc.constantFrom(0, 0, 100, 250),
          }),
        },
        { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
      ),
      { maxLength: 20 },
    ),
  }),
)
