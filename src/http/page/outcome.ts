// How a ranking, a rating or a net promoter score stands. Folded away until one has voted.
import { html } from 'hono/html'
import type { NpsQuestion, RankingQuestion, RatingQuestion } from '../../domain/poll/poll.ts'
import { bar, leads, row } from './choice.ts'
import type { Html } from './document.ts'
import type { PollPage } from './page-view.ts'
import type { Slots } from './slots.ts'

export const outcome = (
  asked: RankingQuestion | RatingQuestion | NpsQuestion,
  page: PollPage,
  slots: Slots | null,
): Html => html`<details class="outcome"${!page.voting && html` open`}${slots === null && html` hidden`}>
<summary>Results so far</summary>
${asked.type === 'ranking' ? standings(asked, slots) : summary(asked, slots)}
</details>`

const standings = (asked: RankingQuestion, slots: Slots | null): Html => html`<ul class="options">
${asked.options.map(
  (option) => html`<li class="option"${leads(asked.id, option.id, slots)}>
${bar(`${asked.id}.${option.id}`, slots)}
<div class="label">${row(asked, option, slots)}</div>
</li>
`,
)}</ul>
<p class="verdict" data-slot="${asked.id}.runoff">${slots?.get(`${asked.id}.runoff`)}</p>`

const summary = (asked: RatingQuestion | NpsQuestion, slots: Slots | null): Html => {
  const slot = (key: string) =>
    html`<span data-slot="${asked.id}.${key}">${slots?.get(`${asked.id}.${key}`)}</span>`
  if (asked.type === 'rating')
    return html`<p class="figure"><b>${slot('mean')}</b> of ${asked.scale} on average</p>
<ul class="lengths">
${range(asked.scale, 1).map((value) => step(asked.id, value, 'width', slots))}</ul>`
  return html`<p class="figure"><b>${slot('score')}</b> net promoter score</p>
<ul class="columns">
${range(0, 10).map((value) => step(asked.id, value, 'height', slots))}</ul>
<p class="verdict">${slot('split')}</p>`
}

const step = (questionId: string, value: number, axis: 'width' | 'height', slots: Slots | null): Html => {
  const key = `${questionId}.${value}`
  const along = slots?.get(`${key}.bar`) ?? '0%'
  return html`<li${leads(questionId, value, slots)}><span class="value">${value}</span><svg class="gauge" aria-hidden="true">${
    axis === 'width'
      ? html`<rect data-bar="${key}" width="${along}" height="100%"/>`
      : html`<rect data-bar="${key}" data-axis="height" width="100%" height="${along}"/>`
  }</svg><span${axis === 'height' && html` class="unseen"`} data-slot="${key}.share">${slots?.get(`${key}.share`)}</span></li>
`
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => (from < to ? from + at : from - at))
