// How a client casts: once, or again and again with the same keys until it knows.
import { checkBallot } from '../../../src/domain/ballot/check-ballot.ts'
import type { Poll } from '../../../src/domain/poll/poll.ts'
import type { CastEnd, CastRecord, Intent } from '../history.ts'
import type { Stage } from './stage.ts'

export type Meant = Omit<Intent, 'id' | 'pollId' | 'text'>

/** Words that no other ballot of this run has. */
export const ownWords = ({ history, plan }: Stage): string => `${plan.name} ${history.intents.length}`

export const intend = ({ history }: Stage, poll: Poll, meant: Meant): Intent => {
  const checked = checkBallot(poll.questions, meant.answers)
  const intent: Intent = {
    ...meant,
    id: history.intents.length,
    pollId: poll.id,
    text: checked.ok ? JSON.stringify(checked.value) : null,
  }
  history.intents.push(intent)
  return intent
}

/** One request. */
export const post = async ({ world, history }: Stage, intent: Intent): Promise<CastEnd> => {
  const { schedule } = world
  const record: CastRecord = {
    intent,
    sentAt: schedule.now,
    answeredAt: Number.POSITIVE_INFINITY,
    end: null,
  }
  history.casts.push(record)
  const end = await answerTo(world, intent)
  record.end = end
  record.answeredAt = schedule.now
  world.note(
    () =>
      `intent ${intent.id} ${JSON.stringify(intent.voter)} ${intent.text}: ${JSON.stringify(end).slice(0, 140)}`,
  )
  return end
}

/** Repeats the request until its outcome is known, or `tries` are used up. */
export const persist = async (stage: Stage, intent: Intent, tries: number): Promise<CastEnd> => {
  let end = await post(stage, intent)
  for (let tried = 1; unsettled(end) && tried < tries; tried++) {
    await stage.world.schedule.pause(stage.chance.between(50, 400 * 2 ** Math.min(tried, 5)))
    end = await post(stage, intent)
    if (end.kind === 'replayed') stage.world.saw('retry of a lost answer')
  }
  return end
}

export const unsettled = (end: CastEnd): boolean =>
  end.kind === 'unknown' || (end.kind === 'refused' && end.reason === 'overloaded')

const answerTo = async (world: Stage['world'], intent: Intent): Promise<CastEnd> => {
  const { pollId, voter, idempotencyKey, answers, revisionOnly } = intent
  try {
    const cast = await world.edges.ask(({ castBallot }, signal) =>
      castBallot(
        {
          ...voter,
          pollId,
          idempotencyKey,
          answers,
          revisionOnly,
          challengeToken: null,
          country: intent.id % 3 === 0 ? 'DE' : null,
          region: null,
        },
        signal,
      ),
    )
    if (cast.ok) {
      const { kind, ballot, receipt } = cast.value
      return { kind, ballot, receipt }
    }
    const { reason } = cast.refusal
    return reason === 'outcome-unknown' ? { kind: 'unknown', why: reason } : { kind: 'refused', reason }
  } catch (error) {
    return { kind: 'unknown', why: String(error) }
  }
}
