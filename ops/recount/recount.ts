// The recount itself: what the log promises, what the export shows, and whether they are of one piece.

import type { PublicEntry } from '../../src/application/ports.ts'
import { firstHead, leafOf, nextHead } from '../../src/ballot-box/log.ts'
import { checkBallot } from '../../src/domain/ballot/check-ballot.ts'
import { commitmentOf } from '../../src/domain/ballot/commitment.ts'
import type { Question } from '../../src/domain/poll/poll.ts'
import { pointsOf } from '../../src/domain/tally/ranking.ts'
import { type Results, resultsOf } from '../../src/domain/tally/results.ts'
import type { Answers } from '../../src/domain/tally/rule.ts'
import { firstsAmong, type RunoffOutcome, startRunoff, stepRunoff } from '../../src/domain/tally/runoff.ts'
import { emptyTally, openCount, tallyOf } from '../../src/domain/tally/tally.ts'

export interface Recount {
  /** What was checked, in sentences; differences begin with `DIFFERENCE`. */
  readonly findings: readonly string[]
  readonly differences: number
  readonly results: Results
}

interface ExportLine {
  readonly id: string
  readonly revision: number
  readonly answers: Readonly<Record<string, unknown>> | null
  readonly shard: number
  readonly seq: number
  readonly salt: string | null
}

interface PollLine {
  readonly kind: 'poll'
  readonly pollId: string
  readonly shard: number
  readonly shards: number
  readonly questions: readonly Question[]
}

interface HeadLine {
  readonly kind: 'head'
  readonly shard: number
  readonly seq: number
  readonly head: string
}

/** `exported` and `logged` are the lines of the two files, parsed. */
export const recount = (
  exported: readonly unknown[],
  logged: readonly unknown[],
  published: unknown,
): Recount => {
  const findings: string[] = []
  let differences = 0
  const differ = (what: string) => {
    differences++
    if (differences <= 50) findings.push(`DIFFERENCE: ${what}`)
  }
  const ballots = exported as readonly ExportLine[] // our own format; what is wrong in it shows below
  const log = logged as readonly (PollLine | HeadLine | PublicEntry)[]
  const poll = log.find((line): line is PollLine => line.kind === 'poll')
  if (poll === undefined)
    throw new Error('the log has no line of kind "poll": fetch it from the start, without a cursor')

  const entries = log.filter((line): line is PublicEntry => line.kind !== 'poll' && line.kind !== 'head')
  const heads = log.filter((line): line is HeadLine => line.kind === 'head')
  checkChains(poll, entries, heads, differ)
  findings.push(`${entries.length} log entries in ${heads.length} shards chained`)

  const newest = new Map<string, PublicEntry>()
  for (const entry of entries) {
    const known = newest.get(entry.ballotId)
    if (known === undefined || known.revision < entry.revision) newest.set(entry.ballotId, entry)
  }
  const counted = checkBallots(poll.questions, ballots, newest, differ)
  findings.push(`${ballots.length} exported ballots opened against their commitments`)
  for (const [id, entry] of newest)
    if (!counted.has(id))
      differ(`ballot ${id} (shard ${entry.shard}, seq ${entry.seq}) is in the log and not in the export`)

  const results = count(
    poll,
    [...counted.values()].filter((answers) => answers !== null),
  )
  if (published !== null) compare(published as Results, results, differ)
  findings.push(differences === 0 ? 'no differences' : `${differences} differences`)
  return { findings, differences, results }
}

type Differ = (what: string) => void

const checkChains = (
  poll: PollLine,
  entries: readonly PublicEntry[],
  heads: readonly HeadLine[],
  differ: Differ,
) => {
  for (let shard = 0; shard < poll.shards; shard++) {
    const own = entries.filter((entry) => entry.shard === shard).sort((one, other) => one.seq - other.seq)
    const end = heads.find((head) => head.shard === shard)
    if (end === undefined) {
      differ(`the log of shard ${shard} of ${poll.shards} is missing or not complete`)
      continue
    }
    let head = firstHead({ pollId: poll.pollId, shard })
    own.forEach((entry, at) => {
      if (entry.seq !== at + 1) differ(`shard ${shard}: seq ${at + 1} is missing or doubled`)
      const { kind, seq, revision, commitment } = entry
      head = nextHead(
        head,
        leafOf({ kind, seq, revision, commitment, castAt: Date.parse(entry.castAt) }, entry.ballotId),
      )
    })
    if (own.length !== end.seq || head !== end.head)
      differ(`shard ${shard}: the chain does not end in the published head`)
  }
}

/** Answers by ballot id; null for those erased. */
const checkBallots = (
  questions: readonly Question[],
  ballots: readonly ExportLine[],
  newest: ReadonlyMap<string, PublicEntry>,
  differ: Differ,
): ReadonlyMap<string, Answers | null> => {
  const counted = new Map<string, Answers | null>()
  for (const ballot of ballots) {
    const entry = newest.get(ballot.id)
    if (entry === undefined) differ(`ballot ${ballot.id} is in the export and not in the log`)
    if (counted.has(ballot.id)) differ(`ballot ${ballot.id} is exported twice`)
    if (ballot.answers === null || ballot.salt === null) {
      if (entry?.kind !== 'erase')
        differ(`ballot ${ballot.id} has no answers, and its erasure is not in the log`)
      counted.set(ballot.id, null)
      continue
    }
    // Postgres keeps no order of keys, so the answers are brought into the poll's order again.
    const checked = checkBallot(questions, ballot.answers)
    if (!checked.ok) {
      differ(`ballot ${ballot.id} does not fit the poll`)
      continue
    }
    const commitment = commitmentOf(ballot.salt, JSON.stringify(checked.value))
    if (entry !== undefined && (entry.commitment !== commitment || entry.revision !== ballot.revision))
      differ(`ballot ${ballot.id} is not what the log committed to`)
    counted.set(ballot.id, checked.value)
  }
  return counted
}

const count = ({ pollId, questions }: PollLine, ballots: readonly Answers[]): Results => {
  const counting = openCount(questions, emptyTally(questions))
  for (const answers of ballots) counting.add(answers)
  const tally = counting.close()
  const runoffs = Object.fromEntries(
    questions
      .filter((question) => question.type === 'ranking')
      .map((question): [string, RunoffOutcome | null] => {
        const rankings = ballots.flatMap(
          (answers) =>
            Object.hasOwn(answers, question.id) ? [answers[question.id] as readonly string[]] : [], // checked above
        )
        let runoff = startRunoff(question, pointsOf(question, tallyOf(question, tally)))
        while (runoff.outcome === null) runoff = stepRunoff(runoff, firstsAmong(rankings, runoff.continuing))
        return [question.id, runoff.outcome]
      }),
  )
  return resultsOf({ id: pollId, questions }, tally, { version: 0, asOf: 0, final: false, runoffs })
}

/** Ballots erased after the close still stand in the published numbers; then only the rest can be recounted. */
const compare = (published: Results, recounted: Results, differ: Differ) => {
  if (published.erased > 0) {
    if (published.ballots - published.erased !== recounted.ballots)
      differ(
        `${published.ballots} ballots less ${published.erased} erased were published, ${recounted.ballots} recounted`,
      )
    return
  }
  if (published.ballots !== recounted.ballots)
    differ(`${published.ballots} ballots were published, ${recounted.ballots} recounted`)
  for (const question of recounted.questions) {
    const shown = published.questions.find(({ id }) => id === question.id)
    const final = published.final ? question : withoutRunoff(question)
    if (JSON.stringify(published.final ? shown : withoutRunoff(shown)) !== JSON.stringify(final))
      differ(`question ${question.id}: published and recounted numbers are not the same`)
  }
}

const withoutRunoff = (question: unknown): unknown =>
  typeof question === 'object' && question !== null ? { ...question, runoff: null } : question
