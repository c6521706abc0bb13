// The line above the title: how the poll stands, how many voted, and when that changes.
import { html } from 'hono/html'
import type { PollStatus } from '../../domain/poll/poll.ts'
import type { Html } from './document.ts'
import type { PollPage } from './page-view.ts'
import type { Slots } from './slots.ts'

export const stateLine = (page: PollPage, slots: Slots | null): Html => html`<p class="state">
<span class="dot"></span><span data-state>${standing(page)}</span>
<span data-slot="ballots">${slots?.get('ballots')}</span>
${change(page)}
</p>`

const names = {
  draft: 'Draft',
  scheduled: 'Not open yet',
  open: 'Open',
  closed: 'Closed',
} as const satisfies Record<PollStatus, string>

const standing = ({ status, results }: PollPage): string =>
  results?.final === true ? 'Final results' : names[status]

const change = ({ poll, status }: PollPage): Html | null => {
  if (status === 'scheduled' && poll.opensAt !== null)
    return html`<span data-change>Opens ${time(poll.opensAt)}</span>`
  if (status === 'open' && poll.closesAt !== null)
    return html`<span data-change>Closes ${time(poll.closesAt)}</span>`
  return null
}

/** In UTC, which the script turns into the reader's own time. */
const time = (at: number): Html => {
  const date = new Date(at)
  return html`<time datetime="${date.toISOString()}">${date.toUTCString().slice(5, 22)} UTC</time>`
}
