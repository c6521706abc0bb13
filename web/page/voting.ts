// Takes the form over: checks it, sends it, and shows what came of it without leaving the page.
import { sayingOf, sayings, thanks } from '../../src/http/page/sayings.ts'
import { type Answers, answersOf, faultsOf } from './answers.ts'
import { type Ballot, type Casting, cast, type Fault } from './cast.ts'
import { addComforts } from './comforts.ts'
import { enhanceRankings } from './ranking.ts'
import { remember } from './remembered.ts'
import { reveal } from './reveal.ts'
import { announce, say, showFaults } from './say.ts'

export const takeOver = (main: HTMLElement, form: HTMLFormElement): void => {
  form.noValidate = true
  enhanceRankings(form, (text) => announce(main, text))
  addComforts(form)
  form.addEventListener('input', ({ target }) => {
    const fault = target instanceof Element ? target.closest('fieldset')?.querySelector('[data-error]') : null
    if (fault) fault.textContent = ''
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit(main, form)
  })
}

/** The poll closed while the form was open. No reload: the whole audience would come at once. */
export const tooLate = (main: HTMLElement, form: HTMLFormElement): void => {
  if (main.dataset.view === 'vote')
    reveal(main, form, { answers: {}, receipt: '', said: 'This poll has closed. These are its results.' })
}

const submit = async (main: HTMLElement, form: HTMLFormElement): Promise<void> => {
  if (form.ariaBusy === 'true') return
  const answers = answersOf(form)
  const faults = faultsOf(form)
  showFaults(form, faults)
  if (faults.size > 0) return say(main, sayings['ballot-invalid'], 'bad')
  if (Object.keys(answers).length === 0) return say(main, 'Please answer at least one question.', 'bad')
  say(main, '', 'plain')
  form.ariaBusy = 'true'
  const outcome = await cast(form.action, ballotOf(form, answers))
  form.ariaBusy = null
  settle(main, form, outcome, answers)
}

const ballotOf = (form: HTMLFormElement, answers: Answers): Ballot => {
  const inviteCode = form.querySelector<HTMLInputElement>('[name=code]')?.value.trim()
  const voterToken = form.querySelector<HTMLInputElement>('[name=token]')?.value
  return { answers, ...(inviteCode && { inviteCode }), ...(voterToken && { voterToken }) }
}

const settle = (main: HTMLElement, form: HTMLFormElement, outcome: Casting, answers: Answers): void => {
  if (outcome.kind === 'counted') {
    remember(main, answers)
    reveal(main, form, { answers, receipt: outcome.receipt, said: thanks })
  } else if (outcome.code === 'already-voted') {
    // The answer brought the receipt of the ballot that stands as a cookie: only the server can read it.
    if (main.dataset.live === 'voted') location.reload()
    else reveal(main, form, { answers: {}, receipt: '', said: sayings['already-voted'] })
  } else if (outcome.code === 'poll-closed' || outcome.code === 'poll-not-open') {
    location.reload()
  } else {
    showFaults(form, faultsIn(outcome.errors))
    say(main, sayingOf(outcome.code) ?? outcome.detail, 'bad')
  }
}

/** `/answers/where/0` is about the question `where`. */
const faultsIn = (errors: readonly Fault[]): ReadonlyMap<string, string> =>
  new Map(errors.map(({ pointer, detail }) => [pointer.split('/')[2] ?? '', detail]))
