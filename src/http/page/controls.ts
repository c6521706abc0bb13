// What one answers with where it is not a choice: ranks, a scale, a text.
import { html } from 'hono/html'
import type { NpsQuestion, RankingQuestion, RatingQuestion, TextQuestion } from '../../domain/poll/poll.ts'
import type { Answer } from '../../domain/tally/rule.ts'
import { name } from './choice.ts'
import type { Html } from './document.ts'
import { ordinal } from './words.ts'

/** A place for each option; with the script it becomes a list one moves things in. */
export const ranking = (asked: RankingQuestion, answer: Answer | undefined): Html => {
  const ranked = typeof answer === 'object' ? answer : []
  return html`<ol class="options ranks">
${asked.options.map(
  (option) =>
    html`<li class="option" data-option="${option.id}"><label>${place(asked, option.id, ranked.indexOf(option.id) + 1)}${name(asked.id, option, false)}</label></li>
`,
)}</ol>`
}

/** Beyond a dozen a list of places grows with the square of the options: a number is asked for instead. */
const place = ({ id, options }: RankingQuestion, optionId: string, rank: number): Html =>
  options.length > 12
    ? html`<input type="number" name="answers.${id}.${optionId}" min="1" max="${options.length}" value="${rank || ''}" placeholder="–" inputmode="numeric">`
    : html`<select name="answers.${id}.${optionId}"><option value="">–</option>${options.map(
        (_, at) =>
          html`<option value="${at + 1}"${at + 1 === rank && html` selected`}>${ordinal(at + 1)}</option>`,
      )}</select>`

/** Stars up to five, plain numbers beyond, where stars can no longer be told apart. */
export const rating = (asked: RatingQuestion, answer: Answer | undefined): Html =>
  asked.scale > 5
    ? scale(asked, 1, asked.scale, answer)
    : html`<div class="stars">${values(1, asked.scale).map(
        (value) =>
          html`<label>${radio(asked, value, answer)}${star}<span class="unseen">${value} of ${asked.scale}</span></label>`,
      )}</div>`

export const nps = (asked: NpsQuestion, answer: Answer | undefined): Html => scale(asked, 0, 10, answer)

export const text = (asked: TextQuestion, answer: Answer | undefined): Html =>
  html`<textarea class="field" name="answers.${asked.id}" rows="4" dir="auto" aria-label="${asked.prompt}" aria-describedby="${asked.id}.hint ${asked.id}.error"${asked.required && html` required`}>
${typeof answer === 'string' && answer}</textarea>`

const scale = (
  asked: RatingQuestion | NpsQuestion,
  lowest: number,
  highest: number,
  answer: Answer | undefined,
): Html =>
  html`<div class="scale" data-steps="${highest - lowest + 1}">${values(lowest, highest).map(
    (value) => html`<label>${radio(asked, value, answer)}<span class="step">${value}</span></label>`,
  )}</div>`

const radio = (
  { id, required }: RatingQuestion | NpsQuestion,
  value: number,
  answer: Answer | undefined,
): Html =>
  html`<input type="radio" name="answers.${id}" value="${value}"${required && html` required`}${answer === value && html` checked`}>`

const star = html`<svg class="star" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2.6l2.9 6 6.5.9-4.7 4.6 1.1 6.5-5.8-3.1-5.8 3.1 1.1-6.5L2.6 9.5l6.5-.9z"/></svg>`

const values = (lowest: number, highest: number): readonly number[] =>
  Array.from({ length: highest - lowest + 1 }, (_, at) => at + lowest)
