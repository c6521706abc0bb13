// Joins the live feed to the page: results to its bars, how the feed is doing to its words.
import { watchPoll } from '../live/in-browser.ts'
import type { LiveState } from '../live/watch-results.ts'
import { announcer } from './announce.ts'
import { paint } from './paint.ts'

/** @param whenFinal called once, when nothing will change any more. */
export const watch = (main: HTMLElement, whenFinal?: () => void): void => {
  const announce = announcer(main)
  watchPoll({
    results: `/v1/polls/${main.dataset.poll}/results`,
    receipt: main.dataset.receipt ?? '',
    version: Number(main.dataset.version ?? 0),
    onResults: (results) => {
      main.dataset.version = String(results.version)
      announce(results, paint(main, results))
    },
    onState: (state) => {
      showState(main, state)
      if (state === 'final') whenFinal?.()
    },
  })
}

const states = {
  live: 'Live',
  reconnecting: 'Reconnecting…',
  paused: 'Paused',
  final: 'Final results',
  refused: 'Open',
} as const satisfies Record<LiveState, string>

const showState = (main: HTMLElement, state: LiveState): void => {
  main.dataset.feed = state
  const place = main.querySelector('[data-state]')
  if (place !== null) place.textContent = states[state]
  if (state !== 'final') return
  main.dataset.status = 'closed'
  main.querySelector('[data-change]')?.remove()
}
