// From asking to showing, in place: controls go, bars grow, nothing else moves.
import type { Answers } from './answers.ts'
import { markMine } from './remembered.ts'
import { say } from './say.ts'
import { watch } from './watch.ts'

export interface Revealed {
  readonly answers: Answers
  /** Empty where there is none. */
  readonly receipt: string
  readonly said: string
}

const CONTROLS =
  '.error, .ranks, .stars, .scale, textarea, .invite, .cast, .optional, .count, .clear, label > input'

export const reveal = (
  main: HTMLElement,
  form: HTMLFormElement,
  { answers, receipt, said }: Revealed,
): void => {
  const { live, later = '' } = main.dataset
  const visible = live === 'now' || (live === 'voted' && receipt !== '')
  main.dataset.view = 'look'
  main.toggleAttribute('data-voted', true)
  markMine(main, answers)
  for (const control of form.querySelectorAll(CONTROLS)) control.remove()
  for (const outcome of form.querySelectorAll<HTMLDetailsElement>('.outcome')) {
    outcome.open = true
    outcome.hidden = !visible
  }
  for (const again of main.querySelectorAll<HTMLElement>('[data-again]')) again.hidden = false
  say(main, visible ? said : `${said} ${later}`, 'good')
  main.querySelector<HTMLElement>('[data-said]')?.focus({ preventScroll: true })
  if (live !== 'voted' || receipt === '') return
  main.dataset.receipt = receipt
  watch(main)
}
