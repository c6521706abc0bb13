// Words to the voter: beside a field, under the form, or only for a screen reader.
import { questionsIn } from './answers.ts'

/** Under the form, where the eyes are after pressing the button. */
export const say = (main: HTMLElement, text: string, tone: 'good' | 'bad' | 'plain'): void => {
  const place = main.querySelector<HTMLElement>('[data-said]')
  if (place === null) return
  place.className = `said ${tone}`
  place.textContent = text
}

export const announce = (main: HTMLElement, text: string): void => {
  const region = main.querySelector('[data-announce]')
  if (region !== null) region.textContent = text
}

/** Marks each faulty question and takes the reader to the first. */
export const showFaults = (form: HTMLFormElement, faults: ReadonlyMap<string, string>): void => {
  let first: HTMLElement | null = null
  for (const field of questionsIn(form)) {
    const fault = faults.get(field.dataset.question ?? '')
    const place = field.querySelector('[data-error]')
    if (place !== null) place.textContent = fault ?? ''
    if (fault !== undefined)
      first ??= field.querySelector('input:not([hidden]), select:not([hidden]), textarea, button')
  }
  first?.focus()
}
