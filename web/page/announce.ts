// Tells a screen reader how the poll stands, seldom enough to be bearable.
import type { Results } from '../../src/domain/tally/results.ts'
import type { Slots } from '../../src/http/page/slots.ts'
import { labelOf } from './paint.ts'

const EVERY_MS = 10_000

/** Returns a function that announces the newest results at once, and then at most every ten seconds. */
export const announcer = (root: HTMLElement) => {
  const region = root.querySelector('[data-announce]')
  let next: string | null = null
  let waiting = false

  const speak = (): void => {
    waiting = next !== null
    if (next === null) return
    if (region !== null) region.textContent = next
    next = null
    setTimeout(speak, EVERY_MS)
  }

  return (results: Results, slots: Slots): void => {
    next = sentence(root, results, slots)
    if (!waiting) speak()
  }
}

const sentence = (root: HTMLElement, results: Results, slots: Slots): string => {
  const said = [`${slots.get('ballots')}.`]
  for (const question of results.questions)
    if (question.type === 'choice' || question.type === 'ranking')
      for (const { id } of question.options) {
        const key = `${question.id}.${id}`
        if (slots.has(`${key}.lead`)) said.push(`${labelOf(root, key)}: ${slots.get(`${key}.share`)}.`)
      }
  if (results.final) said.push('These results are final.')
  return said.join(' ')
}
