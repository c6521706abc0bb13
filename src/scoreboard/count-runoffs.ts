// Instant runoff over ballots that stay in their boxes: the board asks every shard, round by round.
import type { BoxLink } from '../application/ports.ts'
import type { Poll, RankingQuestion } from '../domain/poll/poll.ts'
import { pointsOf } from '../domain/tally/ranking.ts'
import { mergeFirsts, type RunoffOutcome, startRunoff, stepRunoff } from '../domain/tally/runoff.ts'
import { type PollTally, tallyOf } from '../domain/tally/tally.ts'
import type { Runoffs } from './scorebook.ts'

/** Runoffs of every ranking question with at most `mostBallots` ranked ballots; null for the others. Over live shards
 *  it may run ahead of the tally. Rejects when a shard cannot be asked. */
export const countRunoffs = async (
  poll: Poll,
  tally: PollTally,
  shards: readonly number[],
  boxes: Pick<BoxLink, 'firsts'>,
  mostBallots = Number.POSITIVE_INFINITY,
): Promise<Runoffs> => {
  const asked = poll.questions.filter((question) => question.type === 'ranking')
  const counted = await Promise.all(
    asked.map(async (question): Promise<[string, RunoffOutcome | null]> => {
      const ranked = tallyOf(question, tally)
      if (ranked.ballots > mostBallots) return [question.id, null]
      return [question.id, await countRunoff(poll.id, question, pointsOf(question, ranked), shards, boxes)]
    }),
  )
  return Object.fromEntries(counted)
}

const countRunoff = async (
  pollId: string,
  question: RankingQuestion,
  points: readonly number[],
  shards: readonly number[],
  boxes: Pick<BoxLink, 'firsts'>,
): Promise<RunoffOutcome> => {
  let runoff = startRunoff(question, points)
  while (runoff.outcome === null) {
    const { continuing } = runoff
    const answers = await Promise.all(
      shards.map((shard) => boxes.firsts({ pollId, shard }, question.id, continuing)),
    )
    const none = { counts: continuing.map(() => 0), exhausted: 0 }
    runoff = stepRunoff(runoff, answers.reduce(mergeFirsts, none))
  }
  return runoff.outcome
}
