// Recounting a poll outside the system, from its export and its log.
import { describe, expect, it } from 'vitest'
import { recount } from '../../ops/recount/recount.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import { resultsOf } from '../../src/domain/tally/results.ts'
import { exportLine } from '../../src/representation/export-line.ts'
import { aBox, type BoxStand } from '../support/boxes.ts'
import { aDefinition } from '../support/polls.ts'

type Line = Record<string, unknown>

/** What the two files of a poll with one shard hold, once its box has sent everything. */
const filesOf = async (stand: BoxStand) => {
  await stand.ring()
  const newest = new Map<string, Line>()
  for (const message of stand.queue.messages)
    for (const ballot of message.ballots) {
      const known = newest.get(ballot.id) as { revision: number } | undefined // lines of ours
      if (known === undefined || known.revision < ballot.revision)
        newest.set(ballot.id, JSON.parse(exportLine(ballot)))
    }
  const { entries, standing } = await stand.box.log(stand.address, 0, 10_000)
  const { pollId, shard, seq, head } = standing
  const { questions } = stand.definition.poll
  const log: Line[] = [
    { kind: 'poll', pollId, shard, shards: 1, questions },
    ...entries.map((entry) => ({ ...entry })),
    { kind: 'head', shard, seq, head },
  ]
  return { exported: [...newest.values()], log }
}

const aCountedPoll = async (definition: CountingDefinition = aDefinition({ revisions: 'until-close' })) => {
  const stand = aBox({ definition })
  for (let voter = 0; voter < 20; voter++)
    await stand.castNow(`voter-${voter}-0123456789`, { where: [voter % 3 === 0 ? 'sushi' : 'pizza'] })
  await stand.castNow('voter-1-0123456789', { where: ['sushi'] })
  await stand.box.erase(stand.address, 5)
  return stand
}

describe('recounting', () => {
  it('gives the published result, through revisions and erasures', async () => {
    const stand = await aCountedPoll()
    const { exported, log } = await filesOf(stand)
    const { tally } = await stand.box.freeze(stand.address, stand.definition)
    const published = resultsOf(stand.definition.poll, tally, { version: 9, asOf: 1, final: true })
    const found = recount(exported, log, published)
    expect(found).toMatchObject({ differences: 0, results: { ballots: 19 } })
    expect(found.results.questions).toEqual(published.questions)
  })

  it.each<[string, (files: { exported: Line[]; log: Line[] }) => void]>([
    ['a ballot left out of the export', ({ exported }) => exported.pop()],
    ['a ballot put into the export', ({ exported }) => exported.push({ ...exported[0], id: 'bal_made_up' })],
    [
      'an answer changed',
      ({ exported }) => Object.assign(exported[0] ?? {}, { answers: { where: ['sushi'] } }),
    ],
    ['an entry left out of the log', ({ log }) => log.splice(3, 1)],
    [
      'two entries of the log swapped',
      ({ log }) => log.splice(2, 2, { ...log[3], seq: 2 }, { ...log[2], seq: 3 }),
    ],
    ['a commitment replaced', ({ log }) => Object.assign(log[2] ?? {}, { commitment: 'f'.repeat(64) })],
    ['a whole shard missing', ({ log }) => Object.assign(log[0] ?? {}, { shards: 2 })],
    [
      'answers taken out without an erasure',
      ({ exported }) => Object.assign(exported[0] ?? {}, { answers: null }),
    ],
  ])('finds %s', async (_what, change) => {
    const files = await filesOf(await aCountedPoll())
    files.exported = files.exported.filter(({ answers }) => JSON.stringify(answers) !== '{"where":["sushi"]}')
    const before = recount(files.exported, files.log, null).differences
    change(files)
    expect(recount(files.exported, files.log, null).differences).toBeGreaterThan(before)
  })

  it('finds a published number that the ballots do not give', async () => {
    const stand = await aCountedPoll()
    const { exported, log } = await filesOf(stand)
    const { results } = recount(exported, log, null)
    const [question] = results.questions
    const published = { ...results, final: true, questions: [{ ...question, ballots: 99 }] }
    expect(recount(exported, log, published).differences).toBe(1)
  })

  it('says what is missing when the log has no beginning', async () => {
    const { exported, log } = await filesOf(await aCountedPoll())
    expect(() => recount(exported, log.slice(1), null)).toThrow('fetch it from the start')
  })
})
