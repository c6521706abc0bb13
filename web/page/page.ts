// The voting page's script. Without it the page is a plain form; with it nothing reloads and the bars move.
import { showLocalTimes, turnWhenItChanges } from './hours.ts'
import { recall } from './remembered.ts'
import { takeOver, tooLate } from './voting.ts'
import { watch } from './watch.ts'

/** What one view in ten waited for is measured, by a file that the others do not load. */
const sampled = 0.1
const vitals: string = '/assets/vitals.js'

const main = document.querySelector<HTMLElement>('main[data-poll]')
if (main !== null) {
  const form = main.querySelector('form')
  showLocalTimes(main)
  turnWhenItChanges(main)
  if (form === null) recall(main)
  else takeOver(main, form)
  if (Math.random() < sampled) void import(vitals).catch(() => undefined)
  if (main.dataset.live === 'now') watch(main, () => form && tooLate(main, form))
}
