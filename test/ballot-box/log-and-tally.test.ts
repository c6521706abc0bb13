// After any history the log has no gap, its chain can be recomputed from what is stored, and the tally is the fold of
// the ballots.
import '../laws/seed.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstHead, type LogEntry, leafOf, nextHead } from '../../src/ballot-box/log.ts'
import { unpackEntries } from '../../src/ballot-box/pack-log.ts'
import { ballotIdOf } from '../../src/domain/ballot/ballot-id.ts'
import { commitmentOf, saltOf } from '../../src/domain/ballot/commitment.ts'
import { countBallot, emptyTally } from '../../src/domain/tally/tally.ts'
import { aBallot, someQuestions } from '../laws/polls.ts'
import { aBox, type BoxStand, storedTally } from '../support/boxes.ts'
import { aDefinition } from '../support/polls.ts'

describe('after any sequence of casts, repeats, revisions, erasures, failed commits and restarts', () => {
  test('log, chain, tally and ballots agree', async () => {
    await fc.assert(
      fc.asyncProperty(aHistory, async ({ questions, revisions, steps }) => {
        const stand = aBox({ definition: aDefinition({ questions, revisions }) })
        for (const step of steps) await carryOut(stand, step)
        expectSound(stand)
        expect(await memoryOf(stand)).toEqual(await memoryOf(restarted(stand)))
      }),
      { numRuns: 100 },
    )
  })
})

describe('the log', () => {
  test('holds no answers, only what commits to them', async () => {
    const stand = aBox({ definition: aDefinition({ questions: whyOnly }) })
    await stand.castNow('ann', { why: 'the secret reason' })
    expect(JSON.stringify(stand.tables()['log'])).not.toContain('secret reason')
  })

  test('changes its chain with every part of an entry that it vouches for', async () => {
    const stand = aBox()
    await stand.castNow('ann')
    const [entry] = entriesOf(stand)
    if (entry === undefined) throw new Error('no entry')
    const id = idOf(stand, entry)
    const leaf = leafOf(entry, id)
    const changes: Partial<LogEntry>[] = [
      { kind: 'revise' },
      { seq: 2 },
      { revision: 2 },
      { castAt: entry.castAt + 1 },
      { commitment: '0'.repeat(64) },
    ]
    for (const change of changes) expect(leafOf({ ...entry, ...change }, id)).not.toBe(leaf)
    expect(leafOf(entry, `${id}x`)).not.toBe(leaf)
    const blanked = { ...entry, keys: null, erasedBy: 9 }
    expect(leafOf(blanked, id)).toBe(leaf)
  })

  test('starts another chain in every shard and every poll', () => {
    const heads = [
      firstHead({ pollId: 'poll_a', shard: 0 }),
      firstHead({ pollId: 'poll_a', shard: 1 }),
      firstHead({ pollId: 'poll_b', shard: 0 }),
    ]
    expect(new Set(heads).size).toBe(3)
  })
})

const whyOnly = [{ id: 'why', type: 'text', prompt: 'Why?', required: true, maxLength: 500 }] as const

const voters = ['ann', 'bob', 'cat', 'dan', 'eve'] as const
const anyKey = fc.constantFrom(null, null, 'key-1', 'key-2', 'key-3')

/** Some questions, and what happens in their box: mostly groups of ballots, now and then something else. */
const aHistory = someQuestions.chain((questions) =>
  fc.record({
    questions: fc.constant(questions),
    revisions: fc.constantFrom('none' as const, 'until-close' as const),
    steps: fc.array(
      fc.oneof(
        {
          weight: 8,
          arbitrary: fc.record({
            kind: fc.constant('cast' as const),
            group: fc.array(fc.tuple(fc.constantFrom(...voters), aBallot(questions), anyKey), {
              minLength: 1,
              maxLength: 5,
            }),
          }),
        },
        {
          weight: 2,
          arbitrary: fc.record({ kind: fc.constant('erase' as const), seq: fc.integer({ min: 1, max: 20 }) }),
        },
        { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constant('fail' as const),
            voter: fc.constantFrom(...voters),
            answers: aBallot(questions),
          }),
        },
      ),
      { minLength: 1, maxLength: 15 },
    ),
  }),
)

type Step =
  | { kind: 'cast'; group: [string, Record<string, unknown>, string | null][] }
  | { kind: 'erase'; seq: number }
  | { kind: 'restart' }
  | { kind: 'fail'; voter: string; answers: Record<string, unknown> }

const carryOut = async (stand: BoxStand, step: Step): Promise<void> => {
  switch (step.kind) {
    case 'cast':
      for (const ballot of step.group) void stand.cast(...ballot)
      return stand.time.advance(5)
    case 'erase':
      await stand.box.erase(stand.address, step.seq)
      return
    case 'restart':
      stand.restart()
      return
    case 'fail':
      stand.disk.breakOn(/insert into tally/)
      await stand.castNow(step.voter, step.answers)
      stand.disk.breakOn(null)
      stand.restart()
      return
  }
}

const memoryOf = async ({ box, address }: BoxStand) => ({
  standing: await box.standing(address),
  log: await box.log(address, 0, 100),
})

const restarted = (stand: BoxStand): BoxStand => {
  stand.restart()
  return stand
}

interface LogRow {
  first: number
  last: number
  head: string
  entries: string
}

const logRows = ({ storage }: BoxStand): LogRow[] =>
  storage.all("select 1 from sqlite_master where name = 'log'").length === 0
    ? []
    : storage.all<LogRow>('select * from log order by first')

const entriesOf = (stand: BoxStand): LogEntry[] =>
  logRows(stand).flatMap(({ first, entries }) => unpackEntries(first, entries))

const idOf = ({ definition, address }: BoxStand, { ballotSeq }: LogEntry): string =>
  ballotIdOf(definition.secret, address.shard, ballotSeq)

const expectSound = (stand: BoxStand): void => {
  const { definition, storage } = stand
  const rows = logRows(stand)
  const entries = entriesOf(stand)
  if (rows.length === 0) return

  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1))

  let head = firstHead(stand.address)
  for (const row of rows) {
    for (const entry of unpackEntries(row.first, row.entries))
      head = nextHead(head, leafOf(entry, idOf(stand, entry)))
    expect(row.head).toBe(head)
  }

  const ballots = storage.all<{ answers: string | null; seq: number; revisions: string }>(
    'select * from ballot',
  )
  const fold = ballots.reduce(
    (tally, { answers }) =>
      answers === null ? tally : countBallot(definition.poll.questions, tally, JSON.parse(answers)),
    emptyTally(definition.poll.questions),
  )
  const stored = storedTally(stand)
  expect(stored.tally).toEqual(fold)
  expect(stored.version).toBe(entries.length)

  for (const { answers, seq, revisions } of ballots) {
    const made: { seq: number; revision: number; commitment: string }[] = JSON.parse(revisions)
    expect(made.map(({ revision }) => revision)).toEqual(made.map((_, at) => at + 1))
    expect(made[0]?.seq).toBe(seq)
    expect(entries.filter(({ ballotSeq }) => ballotSeq === seq)).toMatchObject(
      made.map(({ seq: at, revision, commitment }) => ({ seq: at, revision, commitment })),
    )
    const newest = made.at(-1)
    if (answers === null) continue
    const salt = saltOf(definition.secret, ballotIdOf(definition.secret, 0, seq), newest?.revision ?? 0)
    expect(newest?.commitment).toBe(commitmentOf(salt, answers))
  }
}
