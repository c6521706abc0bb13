// The tally of a whole poll: what one ballot box has counted, and what several boxes have together.
import type { Question, QuestionId } from '../poll/poll.ts'
import type { Answers, QuestionTally } from './rule.ts'
import { type QuestionOutcome, ruleOf } from './rules.ts'
import type { RunoffOutcome } from './runoff.ts'

export type { QuestionOutcome }

/** Plain JSON, never changed in place. `questions` has every question as an own property, `__proto__` too. */
export interface PollTally {
  /** Ballots counted, whatever they answer. */
  readonly ballots: number
  /** Ballots erased after the close: still in every number here, but no longer to be found. */
  readonly erased: number
  readonly questions: Readonly<Record<QuestionId, QuestionTally>>
}

/** The tally of no ballots. */
export const emptyTally = (questions: readonly Question[]): PollTally => ({
  ballots: 0,
  erased: 0,
  questions: eachQuestion(questions, emptyOf),
})

/** One ballot more. For a group of ballots `openCount` copies each touched question once instead of once a ballot. */
export const countBallot = (
  questions: readonly Question[],
  tally: PollTally,
  answers: Answers,
): PollTally => {
  const count = openCount(questions, tally)
  count.add(answers)
  return count.close()
}

/** One counted ballot less: undoes `countBallot` of the same answers. Throws where they were never counted. */
export const uncountBallot = (
  questions: readonly Question[],
  tally: PollTally,
  answers: Answers,
): PollTally => {
  const count = openCount(questions, tally)
  count.remove(answers)
  return count.close()
}

/** Two disjoint sets of ballots counted as one: commutative, associative, and `emptyTally` changes nothing. */
export const mergeTallies = (
  questions: readonly Question[],
  left: PollTally,
  right: PollTally,
): PollTally => ({
  ballots: left.ballots + right.ballots,
  erased: left.erased + right.erased,
  questions: eachQuestion(questions, (question) => {
    const one = tallyOf(question, left)
    const other = tallyOf(question, right)
    return {
      ballots: one.ballots + other.ballots,
      counts: one.counts.map((count, place) => count + (other.counts[place] ?? 0)),
    }
  }),
})

/** A ballot erased after the close: the numbers stand, and it is said that one of them can no longer be shown. */
export const noteErasure = (tally: PollTally): PollTally => ({ ...tally, erased: tally.erased + 1 })

/** The `questions` of the results document, in the poll's order. A ranking's runoff is null unless given by its id. */
export const outcomes = (
  questions: readonly Question[],
  tally: PollTally,
  runoffs: Readonly<Record<QuestionId, RunoffOutcome | null>> = {},
): readonly QuestionOutcome[] =>
  questions.map((question) => {
    const outcome = ruleOf(question).outcome(question, tallyOf(question, tally))
    return outcome.type === 'ranking' ? { ...outcome, runoff: own(runoffs, question.id) ?? null } : outcome
  })

/** One question's part of a poll's tally. A tally that counted nothing fits any questions, because they may change
 *  until the first ballot; one that counted something must be of these. */
export const tallyOf = (question: Question, tally: PollTally): QuestionTally => {
  const found = own(tally.questions, question.id)
  if (found?.counts.length === ruleOf(question).counters(question)) return found
  if (tally.ballots > 0) throw new Error(`this tally is not of the question "${question.id}"`)
  return emptyOf(question)
}

/** Counting in progress. Whoever drops it unclosed, or after a throw, has changed nothing. */
export interface OpenCount {
  add(answers: Answers): void
  /** Takes counted answers back. Throws where they were never counted: a number below zero would be a lie. */
  remove(answers: Answers): void
  /** The tally so far. Questions no ballot touched are the same objects as before. */
  close(): PollTally
}

/** Starts counting on top of a tally, which stays as it is: a box keeps it until its commit is durable. */
export const openCount = (questions: readonly Question[], tally: PollTally): OpenCount => {
  let before = tally
  let ballots = tally.ballots
  const drafts = new Map<QuestionId, { ballots: number; counts: number[] }>()

  const draftOf = (question: Question) => {
    const begun = drafts.get(question.id)
    if (begun !== undefined) return begun
    const found = tallyOf(question, before)
    const draft = { ballots: found.ballots, counts: [...found.counts] }
    drafts.set(question.id, draft)
    return draft
  }

  const count = (answers: Answers, weight: 1 | -1) => {
    for (const question of questions) {
      const answer = own(answers, question.id)
      if (answer === undefined) continue
      const draft = draftOf(question)
      draft.ballots += weight
      ruleOf(question).count(question, draft.counts, answer, weight)
      if (weight < 0 && (draft.ballots < 0 || draft.counts.some((each) => each < 0))) throw neverCounted()
    }
    ballots += weight
    if (ballots < 0) throw neverCounted()
  }

  return {
    add: (answers) => count(answers, 1),
    remove: (answers) => count(answers, -1),
    close() {
      const counted = eachQuestion(
        questions,
        (question) => drafts.get(question.id) ?? tallyOf(question, before),
      )
      before = { ballots, erased: before.erased, questions: counted }
      drafts.clear() // what was handed out must not change when counting goes on
      return before
    },
  }
}

const emptyOf = (question: Question): QuestionTally => ({
  ballots: 0,
  counts: new Array<number>(ruleOf(question).counters(question)).fill(0),
})

/** `fromEntries` defines properties, so that a question called `__proto__` becomes one; and unlike an object without a
 *  prototype its result may travel by Workers RPC. */
const eachQuestion = (questions: readonly Question[], tallied: (question: Question) => QuestionTally) =>
  Object.fromEntries(questions.map((question) => [question.id, tallied(question)]))

/** Ids such as `constructor` are legal, so nothing inherited may be read. */
const own = <Value>(record: Readonly<Record<string, Value>>, id: string): Value | undefined =>
  Object.hasOwn(record, id) ? record[id] : undefined

const neverCounted = () => new Error('a ballot was taken back that this tally never counted')
