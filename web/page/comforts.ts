// Small help while one fills the form in: what is chosen, what is left, how to take an answer back.
import { questionsIn } from './answers.ts'

export const addComforts = (form: HTMLFormElement): void => {
  for (const field of questionsIn(form)) {
    const hint = field.querySelector('.how')
    if (hint === null) continue
    const count = document.createElement('span')
    count.className = 'count'
    const clear =
      'required' in field.dataset || field.querySelector('[type=radio]') === null ? null : clearing(field)
    hint.append(' ', count, ' ', ...(clear === null ? [] : [clear]))
    const tell = (): void => {
      count.textContent = progress(field)
      if (clear !== null) clear.hidden = field.querySelector(':checked') === null
    }
    field.addEventListener('input', tell)
    tell()
  }
}

const progress = (field: HTMLFieldSetElement): string => {
  const text = field.querySelector('textarea')?.value
  if (text) return `${[...text].length} so far`
  const chosen = field.querySelectorAll('[type=checkbox]:checked').length
  return chosen > 0 ? `${chosen} chosen` : ''
}

const clearing = (field: HTMLFieldSetElement): HTMLButtonElement => {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'clear'
  button.textContent = 'Clear'
  button.onclick = () => {
    const radios = [...field.querySelectorAll<HTMLInputElement>('[type=radio]')]
    for (const radio of radios) radio.checked = false
    field.dispatchEvent(new Event('input', { bubbles: true }))
    radios[0]?.focus()
  }
  return button
}
