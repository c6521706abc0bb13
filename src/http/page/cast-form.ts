// A ballot from a plain form: counted and sent back to the page, or shown again with what is wrong.

import type { Context } from 'hono'
import type { Question, QuestionId } from '../../domain/poll/poll.ts'
import type { VotingRefusal } from '../../domain/refusal.ts'
import { readAtMost } from '../../representation/read-body.ts'
import { signalOf } from '../deadline.ts'
import type { Http } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { problems } from '../problems.ts'
import { originOf } from '../request-headers.ts'
import { shownAs } from '../voter-shown.ts'
import { ballotFromForm } from './ballot-form.ts'
import { recoverReceipt } from './recover-receipt.ts'
import { sayings } from './sayings.ts'
import { serverSayingOf } from './server-sayings.ts'
import { showMessage, showPoll } from './show.ts'
import { besideOf, shownBeside } from './voter-beside.ts'
import { keepReceipt, voterOf } from './voter-cookies.ts'

export const castForm = async (c: Context<Http>, pollId: string): Promise<Response> => {
  const body = await readAtMost(c.req.raw, bodyLimits.ballot)
  if (!body.ok) return showMessage(c, body.refusal)
  const fields = new URLSearchParams(new TextDecoder().decode(body.value))
  const [services, signal] = [c.get('services'), signalOf(c)]
  const found = await services.readPoll({ pollId }, signal)
  if (!found.ok) return showMessage(c, found.refusal)
  const poll = found.value

  const { answers, faults } = ballotFromForm(poll.questions, fields)
  const beside = besideOf((name) => fields.get(name))
  const tried = { answers, beside, over: false, receipt: null }
  if (faults.size > 0)
    return showPoll(c, poll, { ...tried, status: 422, errors: faults, said: sayings['ballot-invalid'] })

  const shown = shownAs(c, { voterId: voterOf(c), idempotencyKey: null }, shownBeside(beside))
  const order = { pollId, answers, revisionOnly: false, ...shown, ...originOf(c.req.raw) }
  const cast = await services.castBallot(order, signal)
  if (cast.ok) {
    keepReceipt(c, pollId, cast.value.receipt)
    return c.redirect(`/p/${pollId}`, 303)
  }
  const { refusal } = cast
  const receipt = refusal.reason === 'already-voted' ? await recoverReceipt(c, pollId, shown) : null
  if (refusal.reason === 'overloaded') c.header('Retry-After', String(refusal.retryAfterSeconds))
  c.set('code', refusal.reason)
  return showPoll(c, poll, {
    ...tried,
    status: problems[refusal.reason].status,
    errors: refusal.reason === 'ballot-invalid' ? faultsByQuestion(refusal, poll.questions) : new Map(),
    said: serverSayingOf(refusal.reason) ?? problems[refusal.reason].title,
    over: refusal.reason === 'already-voted',
    receipt,
  })
}

/** `/answers/where/0` is about the question `where`. */
const faultsByQuestion = (
  { errors }: Extract<VotingRefusal, { reason: 'ballot-invalid' }>,
  questions: readonly Question[],
): ReadonlyMap<QuestionId, string> => {
  const byQuestion = errors.map(({ pointer, detail }) => [pointer.split('/')[2] ?? '', detail] as const)
  return new Map(byQuestion.filter(([id]) => questions.some((question) => question.id === id)))
}
