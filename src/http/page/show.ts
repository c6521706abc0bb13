// Answers with a page: gathers what the view needs, and sets the headers of a page that is one reader's own.

import type { Context } from 'hono'
import { type Poll, type QuestionId, statusOf } from '../../domain/poll/poll.ts'
import type { Results } from '../../domain/tally/results.ts'
import type { Answers } from '../../domain/tally/rule.ts'
import { signalOf } from '../deadline.ts'
import type { Http } from '../http.ts'
import { type AnyRefusal, type Problem, problems } from '../problems.ts'
import { shownAs } from '../voter-shown.ts'
import { renderMessage } from './message-page.ts'
import { noticeOf, refusalNotice } from './notices.ts'
import { contentSecurityPolicy } from './page-security.ts'
import { mayVoteAgain } from './page-view.ts'
import { renderPollPage } from './poll-page.ts'
import { serverSayingOf } from './server-sayings.ts'
import { besideOf, lacksToken, shownBeside, type VoterBeside } from './voter-beside.ts'
import { nameVoter, receiptOf, voterOf } from './voter-cookies.ts'

/** A ballot that was refused, to be shown again. */
export interface Tried {
  readonly status: Problem['status']
  readonly answers: Answers
  readonly errors: ReadonlyMap<QuestionId, string>
  readonly said: string
  readonly beside: VoterBeside
  /** Trying again would change nothing: this voter has voted. */
  readonly over: boolean
  /** The receipt found on the way. */
  readonly receipt: string | null
}

export const showPoll = async (c: Context<Http>, poll: Poll, tried?: Tried): Promise<Response> => {
  const services = c.get('services')
  const voter = voterOf(c) ?? nameVoter(c, services.random)
  const kept = receiptOf(c)
  const receipt = tried?.receipt ?? kept.receipt
  const voted = kept.voted || tried?.over === true
  const beside = tried?.beside ?? besideOf((name) => c.req.query(name))
  const status = statusOf(poll, services.clock.now())
  const again = mayVoteAgain(poll) && c.req.query('change') !== undefined
  const voting = status === 'open' && (tried ? !tried.over : (!voted || again) && !lacksToken(poll, beside))
  const results = await resultsFor(c, poll, receipt)
  const seen = results !== null && (status === 'open' || status === 'closed')
  const standing = { status, voting, voted, receipt, seen }
  const page = renderPollPage({
    ...standing,
    poll,
    results: seen ? results : null,
    answers: tried?.answers ?? (voting && voted ? await ownAnswers(c, poll, beside) : {}),
    errors: tried?.errors ?? new Map(),
    notice: tried ? refusalNotice(poll, tried.said, tried.over, seen) : noticeOf(poll, standing),
    beside,
    seed: voter,
    url: `${new URL(c.req.url).origin}/p/${poll.id}`,
  })
  return c.html(page, tried?.status ?? 200, headers(poll.allowedOrigins))
}

/** What a refusal means to a person, as a page of its own. */
export const showMessage = (c: Context<Http>, refusal: AnyRefusal): Response | Promise<Response> => {
  const { status, title, detail } = problems[refusal.reason]
  c.set('code', refusal.reason)
  if (status === 503) c.header('Retry-After', '1')
  return c.html(renderMessage(title, serverSayingOf(refusal.reason) ?? detail), status, headers([]))
}

const resultsFor = async (c: Context<Http>, poll: Poll, receipt: string | null): Promise<Results | null> => {
  const order = { pollId: poll.id, receipt, workspaceId: null }
  const read = await c.get('services').readResults(order, signalOf(c))
  return read.ok ? JSON.parse(read.value.snapshot.document) : null // our own publication
}

/** What a voter who changes their ballot starts from. */
const ownAnswers = async (c: Context<Http>, poll: Poll, beside: VoterBeside): Promise<Answers> => {
  const shown = shownAs(c, { voterId: voterOf(c), idempotencyKey: null }, shownBeside(beside))
  const own = await c.get('services').readOwnBallot({ pollId: poll.id, ...shown }, signalOf(c))
  return own.ok ? own.value.answers : {}
}

const headers = (allowedOrigins: readonly string[]) => ({
  'Cache-Control': 'private, no-store',
  'Content-Security-Policy': contentSecurityPolicy(allowedOrigins),
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
})
