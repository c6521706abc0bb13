// What a voter is told by the server alone: where these come the script reloads the page, and the last never comes to it.
import { sayingOf, sayings } from './sayings.ts'

const serverSayings = {
  ...sayings,
  'poll-not-open': 'This poll is not open yet.',
  'poll-closed': 'This poll closed before your ballot arrived, so it was not counted.',
  'origin-not-allowed':
    'This vote did not come from the page of the poll. Please open the page and vote there.',
}

/** undefined: the problem's own words must do. */
export const serverSayingOf = (code: string): string | undefined => sayingOf(code, serverSayings)
