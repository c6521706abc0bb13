// What this tab voted, so that a reload still shows it. The tab forgets it when closed; nobody else is told.
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

/** Marks the options one voted for. */
export const markMine = (main: HTMLElement, answers: Answers): void => {
  for (const [question, answer] of Object.entries(answers))
    for (const option of typeof answer === 'object' ? answer : [String(answer)])
      for (const bar of main.querySelectorAll(`[data-bar="${CSS.escape(`${question}.${option}`)}"]`))
        bar.closest('li')?.toggleAttribute('data-mine', true)
}

const keyOf = (main: HTMLElement): string => `ballot ${main.dataset.poll}`
