// Puts a results document on the page: every slot its text, every bar its length.
import type { Results } from '../../src/domain/tally/results.ts'
import { type Slots, slotsOf } from '../../src/http/page/slots.ts'

export const paint = (root: HTMLElement, results: Results): Slots => {
  const slots = slotsOf(results, (question, option) => labelOf(root, `${question}.${option}`))
  for (const slot of root.querySelectorAll<HTMLElement>('[data-slot]')) {
    const text = slots.get(slot.dataset.slot ?? '') ?? ''
    if (slot.textContent !== text) slot.textContent = text
  }
  for (const bar of root.querySelectorAll<SVGElement>('[data-bar]')) {
    const key = bar.dataset.bar
    bar.setAttribute(bar.dataset.axis ?? 'width', slots.get(`${key}.bar`) ?? '0%')
    bar.closest('li')?.toggleAttribute('data-lead', slots.has(`${key}.lead`))
  }
  return slots
}

export const labelOf = (root: HTMLElement, key: string): string =>
  root.querySelector(`[data-label="${CSS.escape(key)}"]`)?.textContent ?? ''
