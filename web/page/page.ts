// The voting page's script. Without it the page is a plain form; with it nothing reloads and the bars move.
import { showLocalTimes, turnWhenItChanges } from './hours.ts'
import { recall } from './remembered.ts'
import { measureVitals } from './vitals.ts'
import { takeOver, tooLate } from './voting.ts'
import { watch } from './watch.ts'

const main = document.querySelector<HTMLElement>('main[data-poll]')
if (main !== null) {
  measureVitals()
  const form = main.querySelector('form')
  showLocalTimes(main)
  turnWhenItChanges(main)
  if (form === null) recall(main)
  else takeOver(main, form)
  if (main.dataset.live === 'now') watch(main, () => form && tooLate(main, form))
}
