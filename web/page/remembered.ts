// What this tab voted, so that a reload still shows it. The tab forgets it when closed; nobody else is told.
import { ordinal } from '../../src/http/page/words.ts'
import type { Answers } from './answers.ts'

export const remember = (main: HTMLElement, answers: Answers): void => {
  try {
    sessionStorage.setItem(keyOf(main), JSON.stringify(answers))
  } catch {
    // Storage may be forbidden; then a reload shows the results without the mark.
  }
}

export const recall = (main: HTMLElement): void => {
  try {
    markMine(main, JSON.parse(sessionStorage.getItem(keyOf(main)) ?? '{}'))
  } catch {
    // As above.
  }
}

/** Marks what one voted for: options, their places in a ranking, the step of a scale. */
export const markMine = (main: HTMLElement, answers: Answers): void => {
  for (const [question, answer] of Object.entries(answers))
    for (const [at, mine] of (typeof answer === 'object' ? answer : [String(answer)]).entries())
      for (const bar of main.querySelectorAll(`[data-bar="${CSS.escape(`${question}.${mine}`)}"]`)) {
        const ranked = bar.closest<HTMLElement>('[data-type=ranking]') !== null
        const row = bar.closest('li')
        row?.toggleAttribute('data-mine', true)
        row
          ?.querySelector('.name')
          ?.setAttribute('data-mark', ranked ? `Your ${ordinal(at + 1)}` : 'Your vote')
      }
}

const keyOf = (main: HTMLElement): string => `ballot ${main.dataset.poll}`
