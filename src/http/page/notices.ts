// What the page tells a reader above the questions.
import type { Poll, PollStatus } from '../../domain/poll/poll.ts'
import type { Notice } from './page-view.ts'
import { sayings, thanks, whereResultsAre } from './sayings.ts'

export interface Standing {
  readonly status: PollStatus
  /** Whether the form is there. */
  readonly voting: boolean
  readonly voted: boolean
  readonly receipt: string | null
  /** Whether this reader is shown the results. */
  readonly seen: boolean
}

export const noticeOf = (poll: Poll, { status, voting, voted, receipt, seen }: Standing): Notice | null => {
  if (voting) return null
  if (status === 'draft') return { tone: 'plain', text: 'This poll is a draft: nobody can vote in it yet.' }
  if (status === 'scheduled') return null
  const where = seen ? '' : whereResultsAre[poll.results]
  if (status === 'open' && voted)
    return { tone: 'good', text: joined(receipt === null ? sayings['already-voted'] : thanks, where) }
  if (status === 'open') return { tone: 'plain', text: joined(sayings['token-invalid'], where) }
  return where === '' ? null : { tone: 'plain', text: where }
}

/** A refused ballot: what to mend, or, when it is over, kindly that it is. */
export const refusalNotice = (poll: Poll, said: string, over: boolean, seen: boolean): Notice =>
  over
    ? { tone: 'good', text: joined(said, seen ? '' : whereResultsAre[poll.results]) }
    : { tone: 'bad', text: said }

const joined = (...sentences: readonly (string | undefined)[]): string => sentences.filter(Boolean).join(' ')
