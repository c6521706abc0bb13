// What a voter is told; the API's own words are for developers. Used by server and script.
import type { ResultsVisibility } from '../../domain/poll/poll.ts'

export const sayings = {
  'ballot-invalid': 'Please look at the marked questions.',
  'already-voted': 'You have already voted. Each voter counts once.',
  'voter-id-required':
    'Your browser did not keep our cookie, which makes a vote count once. Please allow it and vote again.',
  'invite-required': 'This poll is by invitation: please enter your invite code.',
  'invite-invalid': 'This invite code is not valid. Please look whether it is typed as you were sent it.',
  'token-invalid': 'This poll is for people its owner knows. Please open it by the link they gave you.',
  'challenge-required': 'This poll asks for a check that you are a person, which this page cannot do yet.',
  'challenge-failed': 'We could not make sure that you are a person. Please try again.',
  'body-too-large': 'Your answers are longer than a ballot may be.',
  'outcome-unknown': 'We cannot say yet whether your ballot arrived. Please vote again: it counts once.',
  'rate-limited': 'You have tried very often. Please wait a minute and vote again: it counts once.',
  overloaded: 'Very many people are voting right now. Nothing is lost: please try again in a moment.',
  unavailable: 'A part of this service is away for a moment. Nothing is lost: please try again.',
  unreachable: 'We could not reach the poll. Nothing is lost: please try again.',
} as const

/** undefined: the problem's own words must do. */
export const sayingOf = (
  code: string,
  among: Readonly<Record<string, string>> = sayings,
): string | undefined => Object.entries(among).find(([known]) => known === code)?.[1]

export const thanks = 'Thank you. Your ballot is counted.'

/** Said where a reader is not shown the results. */
export const whereResultsAre: Readonly<Record<ResultsVisibility, string>> = {
  always: '',
  'after-vote': 'The results are shown to those who voted, in the browser they voted with.',
  'after-close': 'The results will be here when the poll closes.',
  hidden: 'The owner of this poll keeps its results private.',
}
