// The page a person votes on: how its parts stand together.
import { html } from 'hono/html'
import { document, type Html } from './document.ts'
import { mayVoteAgain, type PollPage, type ShownPoll } from './page-view.ts'
import { question } from './question.ts'
import { whereResultsAre } from './sayings.ts'
import { slotsOf } from './slots.ts'
import { stateLine } from './state-line.ts'

export const renderPollPage = (page: PollPage): Html => {
  const { poll, voting } = page
  const slots = page.results && slotsOf(page.results, labelIn(poll))
  const questions = poll.questions.map((asked) => question(asked, page, slots))
  return document(
    {
      title: poll.title,
      description: poll.description ?? poll.questions.map(({ prompt }) => prompt).join(' '),
      image: firstImage(poll),
      url: page.url,
      script: true,
    },
    html`<main data-poll="${poll.id}" data-view="${voting ? 'vote' : 'look'}" data-live="${liveness(page)}"
data-status="${page.status}"${page.voted && !voting && html` data-voted`} data-version="${page.results?.version ?? 0}"${attribute('data-receipt', page.receipt)}${attribute('data-changes', moment(page))}${attribute('data-later', whereResultsAre[poll.results] || null)}>
<header>
${stateLine(page, slots)}
<h1 dir="auto">${poll.title}</h1>
${poll.description !== null && html`<p class="description" dir="auto">${poll.description}</p>`}
</header>
${page.notice && html`<p class="notice ${page.notice.tone}" ${page.notice.tone === 'bad' ? html`role="alert"` : html`role="status"`}>${page.notice.text}</p>`}
${voting ? form(page, questions) : questions}
${again(page)}${!voting && page.results?.final === false && html`<noscript><p class="again"><a href="/p/${poll.id}">Show the newest results</a></p></noscript>`}
<p class="said" role="status" tabindex="-1" data-said></p>
<p class="unseen" role="status" data-announce></p>
</main>`,
  )
}

const form = (page: PollPage, questions: readonly Html[]): Html =>
  html`<form method="post" action="/p/${page.poll.id}">
${questions}
${page.poll.dedupe.by === 'invite' && invite(page)}
${page.poll.dedupe.by === 'account' && html`<input type="hidden" name="token" value="${page.beside.voterToken}">`}
<button class="cast">${page.voted && page.poll.revisions === 'until-close' ? 'Change my vote' : 'Vote'}</button>
</form>`

const invite = ({ beside }: PollPage): Html =>
  html`<p class="question invite"><label class="prompt" for="code">Invite code</label>
<input class="field" id="code" name="code" value="${beside.inviteCode}" required maxlength="64" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false"></p>`

/** Whether the script may watch: now, once voted, or not at all. */
const liveness = ({ poll, status, results, receipt }: PollPage): 'now' | 'voted' | 'no' => {
  if (status === 'draft' || status === 'scheduled') return 'no'
  if (results !== null) return results.final ? 'no' : 'now'
  return poll.results === 'after-vote' && receipt === null ? 'voted' : 'no'
}

/** When the page will look different by itself, in milliseconds since the epoch. */
const moment = ({ poll, status }: PollPage): string | null =>
  status === 'scheduled' && poll.opensAt !== null
    ? String(poll.opensAt)
    : status === 'open' && poll.closesAt !== null
      ? String(poll.closesAt)
      : null

const again = ({ poll, status, voting }: PollPage): Html | false =>
  status === 'open' &&
  mayVoteAgain(poll) &&
  html`<p class="again"${voting && html` hidden`} data-again><a href="/p/${poll.id}?change">${
    poll.revisions === 'until-close' ? 'Change my vote' : 'Vote with another invite code'
  }</a></p>`

const attribute = (name: string, value: string | null): Html | null =>
  value === null ? null : html` ${name}="${value}"`

const firstImage = (poll: ShownPoll): string | null => {
  for (const asked of poll.questions)
    if (asked.type === 'choice' || asked.type === 'ranking')
      for (const { image } of asked.options) if (image !== undefined) return image
  return null
}

const labelIn =
  (poll: ShownPoll) =>
  (questionId: string, optionId: string): string => {
    const asked = poll.questions.find(({ id }) => id === questionId)
    const options = asked?.type === 'choice' || asked?.type === 'ranking' ? asked.options : []
    return options.find(({ id }) => id === optionId)?.label ?? optionId
  }
