// What the form says, as the API takes it, and what a person should be told before it is sent.

export type Answers = Readonly<Record<string, readonly string[] | number | string>>

/** Unanswered questions are left out. */
export const answersOf = (form: HTMLFormElement): Answers => {
  const answers = questionsIn(form).flatMap((field) => {
    const answer = answerOf(field)
    return answer === null ? [] : [[field.dataset.question ?? '', answer] as const]
  })
  return Object.fromEntries(answers) // own properties, whatever a question is called
}

/** Question id → what is wrong with its answer; what needs no server to say. */
export const faultsOf = (form: HTMLFormElement): ReadonlyMap<string, string> => {
  const faults = new Map<string, string>()
  for (const field of questionsIn(form)) {
    const fault = faultOf(field, answerOf(field))
    if (fault !== null) faults.set(field.dataset.question ?? '', fault)
  }
  return faults
}

export const questionsIn = (root: ParentNode): readonly HTMLFieldSetElement[] => [
  ...root.querySelectorAll<HTMLFieldSetElement>('[data-question]'),
]

const answerOf = (field: HTMLFieldSetElement): readonly string[] | number | string | null => {
  const type = field.dataset.type
  if (type === 'text') return field.querySelector('textarea')?.value || null
  if (type === 'ranking') return ranked(field)
  const checked = [...field.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value)
  if (checked.length === 0) return null
  return type === 'choice' ? checked : Number(checked[0])
}

const ranked = (field: HTMLFieldSetElement): readonly string[] | null => {
  const places = [...field.querySelectorAll<HTMLElement>('.ranks [data-option]')].map((row) => ({
    id: row.dataset.option ?? '',
    place: Number(row.querySelector<HTMLSelectElement | HTMLInputElement>('select, input')?.value),
  }))
  const taken = places.filter(({ place }) => place > 0).sort((left, right) => left.place - right.place)
  return taken.length > 0 ? taken.map(({ id }) => id) : null
}

const faultOf = (field: HTMLFieldSetElement, answer: ReturnType<typeof answerOf>): string | null => {
  const { min = '1', max = 'Infinity', type } = field.dataset
  if (answer === null) return 'required' in field.dataset ? 'Please answer this question.' : null
  if (type === 'choice' && typeof answer === 'object') {
    if (answer.length < Number(min)) return `Please choose at least ${min}.`
    if (answer.length > Number(max)) return `Please choose at most ${max}.`
  }
  if (type === 'text' && [...String(answer)].length > Number(max))
    return `Please keep it to ${max} characters.`
  return null
}
