// Tells a screen reader how the poll stands, seldom enough to be bearable.
import type { Results } from '../../src/domain/tally/results.ts'
import type { Slots } from '../../src/http/page/slots.ts'
import { labelOf } from './paint.ts'
import { announce } from './say.ts'

const everyMs = 10_000

/** Returns a function that says a change at once, and the newest one at most every ten seconds. What is on the page
 *  when the feed begins is there to be read, and not said. */
export const announcer = (main: HTMLElement) => {
  let next: string | null = null
  let waiting = false
  let begun = false

  const speak = (): void => {
    announce(main, next ?? '') // nothing new: the old sentence goes, lest it be read in passing as news
    waiting = next !== null
    next = null
    if (waiting) setTimeout(speak, everyMs)
  }

  return (results: Results, slots: Slots): void => {
    if (begun) next = sentence(main, results, slots)
    begun = true
    if (next !== null && !waiting) speak()
  }
}

const sentence = (main: HTMLElement, results: Results, slots: Slots): string => {
  const said = [`${slots.get('ballots')}.`]
  for (const question of results.questions)
    if (question.type === 'choice' || question.type === 'ranking')
      for (const { id } of question.options) {
        const key = `${question.id}.${id}`
        if (slots.has(`${key}.lead`)) said.push(`${labelOf(main, key)}: ${slots.get(`${key}.share`)}.`)
      }
  if (results.final) said.push('These results are final.')
  return said.join(' ')
}
