// The rows of a choice: control, label, bar and numbers in one line, so that voting moves nothing out of its place.
import { html } from 'hono/html'
import type { ChoiceQuestion, Option, RankingQuestion } from '../../domain/poll/poll.ts'
import type { Answer } from '../../domain/tally/rule.ts'
import type { Html } from './document.ts'
import { answerTo, type PollPage } from './page-view.ts'
import { shuffled } from './shuffled.ts'
import type { Slots } from './slots.ts'

export const choiceRows = (asked: ChoiceQuestion, page: PollPage, slots: Slots | null): Html => {
  const options =
    page.voting && asked.shuffle ? shuffled(asked.options, `${page.seed}.${asked.id}`) : asked.options
  return html`<ul class="options">
${options.map(
  (option) =>
    html`<li class="option"${leads(asked.id, option.id, slots)}>
${bar(`${asked.id}.${option.id}`, slots)}
${page.voting ? html`<label>${control(asked, option, page, slots)}${row(asked, option, slots)}</label>` : html`<div class="label">${row(asked, option, slots)}</div>`}
</li>
`,
)}</ul>`
}

/** Named by the label alone: the numbers beside it change, and are its description. */
const control = (asked: ChoiceQuestion, option: Option, page: PollPage, slots: Slots | null): Html => {
  const single = asked.max === 1
  const key = `${asked.id}.${option.id}`
  return html`<input type="${single ? 'radio' : 'checkbox'}" name="answers.${asked.id}" value="${option.id}" aria-labelledby="${key}.name"${
    slots !== null && html` aria-describedby="${key}.n"`
  }${single && asked.required && html` required`}${names(answerTo(page, asked.id), option.id) && html` checked`}>`
}

const names = (answer: Answer | undefined, optionId: string): boolean =>
  typeof answer === 'object' ? answer.includes(optionId) : answer === optionId

/** A label and its numbers. */
export const row = (asked: ChoiceQuestion | RankingQuestion, option: Option, slots: Slots | null): Html => {
  const key = `${asked.id}.${option.id}`
  return html`${name(asked.id, option)}<span class="numbers" id="${key}.n"><span data-slot="${key}.votes">${slots?.get(`${key}.votes`)}</span> <b data-slot="${key}.share">${slots?.get(`${key}.share`)}</b></span>`
}

/** An option's picture and label. The picture repeats the label, so it is silent. */
export const name = (questionId: string, { id, label, image }: Option, identified = true): Html =>
  html`${image !== undefined && html`<img src="${image}" alt="" width="48" height="48" loading="lazy" referrerpolicy="no-referrer">`}<span class="name"${identified && html` id="${questionId}.${id}.name"`} dir="auto" data-label="${questionId}.${id}">${label}</span>`

/** A bar of SVG: its width is an attribute, which no policy against inline styles forbids. */
export const bar = (key: string, slots: Slots | null): Html =>
  html`<svg class="bar" aria-hidden="true"><rect data-bar="${key}" width="${slots?.get(`${key}.bar`) ?? '0%'}" height="100%"/></svg>`

export const leads = (questionId: string, rowId: string | number, slots: Slots | null): Html | false =>
  slots?.has(`${questionId}.${rowId}.lead`) === true && html` data-lead`
