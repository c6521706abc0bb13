// Times in the reader's own zone, and the moment at which the page must be another.

export const showLocalTimes = (main: HTMLElement): void => {
  for (const time of main.querySelectorAll('time'))
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, {
      dateStyle: 'medium',
      timeStyle: 'short',
    })
}

const LONGEST_MS = 2 ** 31 - 1 // a longer timer fires at once
const SPREAD_MS = 3_000 // an audience that all waited does not come at once
const SOONEST_MS = 5_000 // where clocks disagree, a reload must not become a loop

/** Reloads when a poll opens or closes, unless the live feed will say so itself. */
export const turnWhenItChanges = (main: HTMLElement): void => {
  const at = Number(main.dataset.changes)
  if (!at || main.dataset.live === 'now') return
  const due = Math.max(SOONEST_MS, at - Date.now() + Math.random() * SPREAD_MS)
  if (due < LONGEST_MS) setTimeout(() => location.reload(), due)
}
