// One question on the page: its prompt, its controls while one may vote, and its outcome.
import { html } from 'hono/html'
import type { Question } from '../../domain/poll/poll.ts'
import { choiceRows } from './choice.ts'
import { nps, ranking, rating, text } from './controls.ts'
import type { Html } from './document.ts'
import { outcome } from './outcome.ts'
import { answerTo, type PollPage } from './page-view.ts'
import type { Slots } from './slots.ts'
import { chooseHint } from './words.ts'

export const question = (asked: Question, page: PollPage, slots: Slots | null): Html => {
  const error = page.errors.get(asked.id)
  const alone = page.poll.questions.length === 1 // then the page's own title and count say it already
  const described = [page.voting && `${asked.id}.hint`, page.voting && `${asked.id}.error`].filter(Boolean)
  return html`<fieldset class="question" data-question="${asked.id}" data-type="${asked.type}"${limits(asked)}${
    asked.required && html` data-required`
  }${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}>
<legend${alone && asked.prompt === page.poll.title && html` class="unseen"`} dir="auto">${asked.prompt}</legend>
<p class="hint" id="${asked.id}.hint"><span class="how">${hint(asked)}${!asked.required && html` <span class="optional">Optional</span>`}</span>${!alone && html`<span class="sofar" data-slot="${asked.id}.ballots">${slots?.get(`${asked.id}.ballots`)}</span>`}</p>
${page.voting && html`<p class="error" id="${asked.id}.error" data-error>${error}</p>`}
${asked.type === 'choice' ? choiceRows(asked, page, slots) : page.voting && controls(asked, page)}
${asked.type !== 'choice' && asked.type !== 'text' && outcome(asked, page, slots)}
</fieldset>`
}

const controls = (asked: Exclude<Question, { type: 'choice' }>, page: PollPage): Html => {
  const answer = answerTo(page, asked.id)
  if (asked.type === 'ranking') return ranking(asked, answer)
  if (asked.type === 'rating') return rating(asked, answer)
  return asked.type === 'nps' ? nps(asked, answer) : text(asked, answer)
}

const hint = (asked: Question): string => {
  if (asked.type === 'choice') return chooseHint(asked.min, asked.max, asked.options.length)
  if (asked.type === 'ranking') return 'Put them in your order; leave out what you do not care about'
  if (asked.type === 'text') return `Up to ${asked.maxLength} characters`
  return asked.type === 'nps'
    ? '0 is not at all likely, 10 is extremely likely'
    : `1 is lowest, ${asked.scale} is highest`
}

const limits = (asked: Question): Html | false => {
  if (asked.type === 'choice') return html` data-min="${asked.min}" data-max="${asked.max}"`
  return asked.type === 'text' && html` data-max="${asked.maxLength}"`
}
