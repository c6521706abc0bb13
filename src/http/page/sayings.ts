// What a voter is told; the API's own words are for developers. Used by server and script.
import type { ResultsVisibility } from '../../domain/poll/poll.ts'

export const sayings: Readonly<Record<string, string>> = {
  'ballot-invalid': 'Please look at the marked questions.',
  'already-voted': 'You have already voted. Each voter counts once.',
  'poll-not-open': 'This poll is not open yet.',
  'poll-closed': 'This poll closed before your ballot arrived, so it was not counted.',
  'voter-id-required':
    'Your browser did not keep our cookie, which makes a vote count once. Please allow it and vote again.',
  'body-too-large': 'Your answers are longer than a ballot may be.',
  'outcome-unknown': 'We cannot say yet whether your ballot arrived. Please vote again: it counts once.',
  overloaded: 'Very many people are voting right now. Nothing is lost: please try again in a moment.',
  unavailable: 'A part of this service is away for a moment. Nothing is lost: please try again.',
  unreachable: 'We could not reach the poll. Nothing is lost: please try again.',
  'origin-not-allowed':
    'This vote did not come from the page of the poll. Please open the page and vote there.',
}

export const thanks = 'Thank you. Your ballot is counted.'

/** Said where a reader is not shown the results. */
export const whereResultsAre: Readonly<Record<ResultsVisibility, string>> = {
  always: '',
  'after-vote': 'The results are shown to those who voted, in the browser they voted with.',
  'after-close': 'The results will be here when the poll closes.',
  hidden: 'The owner of this poll keeps its results private.',
}
