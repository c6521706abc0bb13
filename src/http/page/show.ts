// Answers with a page: gathers what the view needs, and sets the headers of a page that is one reader's own.
import type { Context } from 'hono'
import type { QuestionId } from '../../domain/poll/poll.ts'
import { type Poll, type PollStatus, statusOf } from '../../domain/poll/poll.ts'
import type { Results } from '../../domain/tally/results.ts'
import type { Answers } from '../../domain/tally/rule.ts'
import type { Http } from '../http.ts'
import { type AnyRefusal, type Problem, problems } from '../problems.ts'
import { renderMessage } from './message-page.ts'
import { contentSecurityPolicy } from './page-security.ts'
import type { Notice } from './page-view.ts'
import { renderPollPage } from './poll-page.ts'
import { sayings, thanks, whereResultsAre } from './sayings.ts'
import { nameVoter, receiptOf, voterOf } from './voter-cookies.ts'

/** A ballot that was refused, to be shown again. */
export interface Tried {
  readonly status: Problem['status']
  readonly answers: Answers
  readonly errors: ReadonlyMap<QuestionId, string>
  readonly said: string | undefined
  /** Trying again would change nothing. */
  readonly over?: boolean
}

export const showPoll = async (
  c: Context<Http>,
  poll: Poll,
  tried: Tried | null = null,
): Promise<Response> => {
  const { services, signal } = c.var
  const voter = voterOf(c) ?? nameVoter(c, services.random)
  const { voted: kept, receipt } = receiptOf(c)
  const voted = kept || tried?.over === true
  const read = await services.readResults({ pollId: poll.id, receipt, workspaceId: null }, signal)
  const status = statusOf(poll, services.clock.now())
  const begun = status === 'open' || status === 'closed'
  const results = read.ok && begun ? (JSON.parse(read.value.snapshot.document) as Results) : null // our own publication
  const changes = poll.revisions === 'until-close' && c.req.query('change') !== undefined
  const voting = status === 'open' && (tried === null ? !voted || changes : tried.over !== true)
  const seen = results !== null
  const page = renderPollPage({
    poll,
    status,
    results,
    voting,
    voted,
    answers: tried?.answers ?? {},
    errors: tried?.errors ?? new Map(),
    notice: tried ? refusedNotice(poll, tried, seen) : notice(poll, status, { voted, voting, receipt, seen }),
    receipt,
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
  return c.html(renderMessage(title, sayings[refusal.reason] ?? detail), status, headers([]))
}

const refusedNotice = (poll: Poll, { said, over }: Tried, seen: boolean): Notice => ({
  tone: over ? 'good' : 'bad',
  text: [said, over && !seen && whereResultsAre[poll.results]].filter(Boolean).join(' '),
})

interface Reader {
  readonly voted: boolean
  readonly voting: boolean
  readonly receipt: string | null
  readonly seen: boolean
}

const notice = (poll: Poll, status: PollStatus, { voted, voting, receipt, seen }: Reader): Notice | null => {
  const where = seen || status === 'draft' || status === 'scheduled' ? '' : whereResultsAre[poll.results]
  if (voting) return null
  if (status === 'open' && voted)
    return { tone: 'good', text: `${receipt === null ? sayings['already-voted'] : thanks} ${where}`.trim() }
  if (status === 'draft') return { tone: 'plain', text: 'This poll is a draft: nobody can vote in it yet.' }
  return where === '' ? null : { tone: 'plain', text: where }
}

const headers = (allowedOrigins: readonly string[]) => ({
  'Cache-Control': 'private, no-store',
  'Content-Security-Policy': contentSecurityPolicy(allowedOrigins),
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
})
