// Invariants 6, 10 and 13: every number is what the ballots add up to, a final one stays, and the chain recomputes.
import { isDeepStrictEqual } from 'node:util'
import { firstHead, leafOf, nextHead } from '../../../src/ballot-box/log.ts'
import { pointsOf } from '../../../src/domain/tally/ranking.ts'
import type { Results } from '../../../src/domain/tally/results.ts'
import type { Answers } from '../../../src/domain/tally/rule.ts'
import { firstsAmong, type RunoffOutcome, startRunoff, stepRunoff } from '../../../src/domain/tally/runoff.ts'
import {
  countBallot,
  emptyTally,
  mergeTallies,
  outcomes,
  type PollTally,
  tallyOf,
} from '../../../src/domain/tally/tally.ts'
import { toHex } from '../../../src/kernel/bytes.ts'
import { hash } from '../../../src/kernel/hash.ts'
import type { Sighting } from '../history.ts'
import type { PollReading, Reading } from './reading.ts'

/** 6 */
export const numbersAddUp = ({ living }: Reading): string[] => living.flatMap(numbersOf)

const numbersOf = (poll: PollReading): string[] => {
  const { name, definition, shards, results, rows } = poll
  const { questions } = definition.poll
  const found: string[] = []
  let expected = emptyTally(questions)
  for (const shard of shards) {
    const own = foldOf(poll, shard.shard)
    if (shard.version !== shard.entries.length)
      found.push(
        `${name}: shard ${shard.shard} counts version ${shard.version} of ${shard.entries.length} events`,
      )
    if (!isDeepStrictEqual(shard.tally, own))
      found.push(
        `${name}: shard ${shard.shard} tallies ${JSON.stringify(shard.tally)}; its ballots are ${JSON.stringify(own)}`,
      )
    expected = mergeTallies(questions, expected, own)
  }
  const right = outcomes(questions, expected, runoffsOf(poll, expected))
  if (results === null) return [...found, `${name}: there are no results`]
  const { ballots, erased, questions: shown } = results
  if (ballots !== expected.ballots || erased !== expected.erased)
    found.push(
      `${name}: results say ${ballots} ballots, ${erased} of them erased; there are ${expected.ballots} and ${expected.erased}`,
    )
  for (const [at, question] of right.entries()) {
    const is = JSON.stringify(shown[at])
    const should = JSON.stringify(question)
    if (is !== should) found.push(`${name}: results say ${is}; the ballots make ${should}`)
  }
  const answered = rows.filter(({ answers }) => answers !== null).length
  if (answered !== expected.ballots - expected.erased)
    found.push(
      `${name}: Postgres has ${answered} ballots with answers; ${expected.ballots - expected.erased} are counted and not erased`,
    )
  return found
}

/** The answers that count in a shard: each ballot's last words before the close, unless it was erased by then. */
const countedAnswers = ({ ballots }: PollReading, shard: number): Answers[] =>
  ballots
    .filter((ballot) => ballot.shard.shard === shard)
    .flatMap(({ entries, shard: { frozenAt } }) => {
      const last = entries.filter(({ seq }) => frozenAt === null || seq <= frozenAt).at(-1)
      const text = last?.kind === 'erase' ? null : last?.intents[0]?.text
      return text == null ? [] : [JSON.parse(text)]
    })

const foldOf = (poll: PollReading, shard: number): PollTally => {
  const { questions } = poll.definition.poll
  const counted = countedAnswers(poll, shard).reduce<PollTally>(
    (tally, answers) => countBallot(questions, tally, answers),
    emptyTally(questions),
  )
  const evidence = poll.shards.find((each) => each.shard === shard)
  const { frozenAt = null, entries = [] } = evidence ?? {}
  const erased = entries.filter(
    ({ kind, seq }) => kind === 'erase' && frozenAt !== null && seq > frozenAt,
  ).length
  return { ...counted, erased }
}

const runoffsOf = (poll: PollReading, tally: PollTally): Readonly<Record<string, RunoffOutcome>> => {
  const answers = poll.shards.flatMap(({ shard }) => countedAnswers(poll, shard))
  return Object.fromEntries(
    poll.definition.poll.questions.flatMap((question) => {
      if (question.type !== 'ranking' || poll.results?.version === 0) return []
      const rankings = answers.flatMap((each) => {
        const ranking = each[question.id]
        return Array.isArray(ranking) ? [ranking as readonly string[]] : [] // as checked for a ranking
      })
      let runoff = startRunoff(question, pointsOf(question, tallyOf(question, tally)))
      while (runoff.outcome === null) runoff = stepRunoff(runoff, firstsAmong(rankings, runoff.continuing))
      return [[question.id, runoff.outcome]]
    }),
  )
}

/** 10 */
export const closedIsClosed = ({ living, history }: Reading): string[] =>
  living.flatMap((poll) => {
    const { name, casts, shards } = poll
    const closedAt = Math.min(
      ...history.owners
        .filter(
          ({ what, outcome, pollId }) => what === 'close' && outcome === 'done' && pollId === poll.poll.id,
        )
        .map(({ answeredAt }) => answeredAt),
    )
    const late = casts.filter(
      ({ sentAt, end }) => sentAt > closedAt && (end?.kind === 'accepted' || end?.kind === 'revised'),
    )
    return [
      ...late.map(
        ({ intent }) => `${name}: intent ${intent.id} was taken after the close had been acknowledged`,
      ),
      ...shards.flatMap(({ shard, entries, frozenAt }) =>
        entries
          .filter(({ seq, kind }) => frozenAt !== null && seq > frozenAt && kind !== 'erase')
          .map(
            ({ seq, kind }) =>
              `${name}: event ${seq} of shard ${shard}, a ${kind}, came after the freeze at ${frozenAt}`,
          ),
      ),
      ...finalStays(
        name,
        history.sightings.filter(({ pollId }) => pollId === poll.poll.id),
      ),
    ]
  })

const finalStays = (name: string, sightings: readonly Sighting[]): string[] => {
  const final = sightings.filter(({ results }) => results.final)
  const numbers = ({ ballots, questions }: Results) => JSON.stringify({ ballots, questions })
  const [first] = final
  if (first === undefined) return []
  return final
    .filter(({ results }) => numbers(results) !== numbers(first.results))
    .slice(0, 1)
    .map(
      ({ results, client }) =>
        `${name}: a final result changed for ${client}: ${numbers(first.results)} became ${numbers(results)}`,
    )
}

/** 13 */
export const chainRecomputes = ({ living }: Reading): string[] =>
  living.flatMap((poll) => [...chainsOf(poll), ...proofsOf(poll)])

const chainsOf = ({ name, poll, shards, ballots }: PollReading): string[] =>
  shards.flatMap(({ shard, entries, commits, checkpoints }) => {
    const ids = new Map(
      ballots
        .filter((ballot) => ballot.shard.shard === shard)
        .flatMap(({ id, entries: own }) => own.map(({ seq }) => [seq, id] as const)),
    )
    const heads = new Map<number, string>()
    let head = firstHead({ pollId: poll.id, shard })
    for (const entry of entries) {
      head = nextHead(head, leafOf(entry, ids.get(entry.seq) ?? ''))
      heads.set(entry.seq, head)
    }
    return [
      ...commits
        .filter((commit) => heads.get(commit.last) !== commit.head)
        .map(({ last }) => `${name}: the chain of shard ${shard} does not recompute at event ${last}`),
      ...checkpoints
        .filter((checkpoint) => heads.get(checkpoint.seq) !== checkpoint.head)
        .map(({ seq }) => `${name}: the checkpoint of shard ${shard} at ${seq} is not of its chain`),
    ]
  })

/** With nothing but what anybody may see: entry, previous hash, leaves, checkpoint. */
const proofsOf = ({ name, proofs }: PollReading): string[] =>
  proofs.flatMap(({ ballotId, proof }) => {
    if (proof === null) return [`${name}: ${ballotId} was acknowledged and cannot be proven`]
    const { entry, previous, leaves, checkpoint } = proof
    if (entry.ballotId !== ballotId) return [`${name}: the proof of ${ballotId} is of ${entry.ballotId}`]
    if (checkpoint === null) return []
    const { kind, seq, revision, commitment } = entry
    const castAt = String(Date.parse(entry.castAt))
    const leaf = toHex(hash('leaf', kind, String(seq), ballotId, String(revision), castAt, commitment))
    const head = [leaf, ...leaves].reduce(nextHead, previous)
    return head === checkpoint.head
      ? []
      : [`${name}: the proof of ${ballotId} does not lead to its checkpoint`]
  })
