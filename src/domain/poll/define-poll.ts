// What an owner asks for, with the defaults filled in and every limit kept: a poll's definition.
import { mostFaults, pointerTo } from '../../kernel/pointer.ts'
import { accept, type Result, refuse } from '../../kernel/result.ts'
import type { Fault, PollRefusal } from '../refusal.ts'
import { countersOf } from '../tally/rules.ts'
import { textFault } from '../tally/text.ts'
import type {
  AccountKey,
  Challenge,
  Dedupe,
  Option,
  PollDefinition,
  Question,
  ResultsVisibility,
  Revisions,
} from './poll.ts'

/** The body of `POST /v1/polls` once its shape is checked: right types, no unknown members, times as milliseconds since
 *  the epoch. What may be left out has its default in `definePoll`. A `PollDefinition` is a draft of itself. */
export interface PollDraft {
  readonly title: string
  readonly description?: string | null | undefined
  readonly questions: readonly QuestionDraft[]
  readonly opensAt?: number | null | undefined
  readonly closesAt?: number | null | undefined
  readonly results?: ResultsVisibility | undefined
  readonly dedupe?: DedupeDraft | undefined
  readonly revisions?: Revisions | undefined
  readonly challenge?: Challenge | undefined
  readonly allowedOrigins?: readonly string[] | undefined
  readonly expectedVoters?: number | null | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

interface AnyQuestionDraft {
  readonly id?: string | undefined
  readonly prompt: string
  readonly required?: boolean | undefined
}

export type QuestionDraft = AnyQuestionDraft &
  (
    | {
        readonly type: 'choice'
        readonly min?: number | undefined
        readonly max?: number | undefined
        readonly shuffle?: boolean | undefined
        readonly options: readonly OptionDraft[]
      }
    | { readonly type: 'ranking'; readonly options: readonly OptionDraft[] }
    | { readonly type: 'rating'; readonly scale?: number | undefined }
    | { readonly type: 'nps' }
    | { readonly type: 'text'; readonly maxLength?: number | undefined }
  )

export interface OptionDraft {
  readonly id?: string | undefined
  readonly label: string
  readonly image?: string | undefined
}

export type DedupeDraft =
  | Exclude<Dedupe, { by: 'ip' }>
  | { readonly by: 'ip'; readonly limit?: number | undefined }

/** Fills in the defaults and keeps the limits that need more than one member to decide.
 *
 *  Defaults: description null, opens at once, closes never, results always, dedupe session (`ip`: limit 1), revisions
 *  none, challenge off, any origin, no expectation of voters, no labels. Questions: the first required, the others not,
 *  min 1, max 1, no shuffle, scale 5, maxLength 500; ids `q1`, `q2` … and `o1`, `o2` … by position, skipping those given.
 *
 *  A choice may have one option (a sign-up), a ranking needs two. Strings are kept as sent; origins are written as a
 *  browser sends them, each once. Defining a definition again gives it back.
 *
 *  A refusal names every fault (the first 100) with RFC 6901 pointers into the draft. */
export const definePoll = (draft: PollDraft): Result<PollDefinition, PollRefusal> => {
  const faults: Fault[] = []
  const note: Note = (pointer, detail) => faults.push({ pointer, detail })

  checkWords('/title', draft.title, limits.title, note)
  checkText('/description', draft.description ?? '', limits.text, note)
  const given = atMost('/questions', draft.questions, limits.questions, 'questions', note)
  if (given.length === 0) note('/questions', 'Must have at least 1 question.')
  const ids = checkIds('/questions', given, 'q', note)
  const questions = given.map((question, at) => defineQuestion(question, ids[at] ?? '', at, note))
  checkTimes(draft, note)
  const { expectedVoters = null } = draft
  if (expectedVoters !== null) {
    checkNumber('/expectedVoters', expectedVoters, 1, Number.MAX_SAFE_INTEGER, note)
  }

  const definition: PollDefinition = {
    title: draft.title,
    description: draft.description ?? null,
    questions,
    opensAt: draft.opensAt ?? null,
    closesAt: draft.closesAt ?? null,
    results: draft.results ?? 'always',
    dedupe: defineDedupe(draft.dedupe ?? { by: 'session' }, note),
    revisions: draft.revisions ?? 'none',
    challenge: draft.challenge ?? 'off',
    allowedOrigins: defineOrigins(draft.allowedOrigins ?? [], note),
    expectedVoters,
    labels: defineLabels(draft.labels ?? {}, note),
  }
  if (faults.length === 0) checkCounters(questions, note) // before, numbers may be anything
  if (faults.length === 0) checkSize(definition, note)
  return faults.length > 0
    ? refuse({ reason: 'poll-invalid', errors: faults.slice(0, mostFaults) })
    : accept(definition)
}

/** Those of docs/design/api.md; texts in code points. `origins` is ours: the definition travels to every edge. */
const limits = {
  questions: 50,
  options: 200,
  ranked: 50,
  counters: 5_000,
  title: 300,
  label: 200,
  text: 5_000,
  labels: 20,
  labelKey: 40,
  image: 2_048,
  origins: 100,
  accountKeys: 4,
  kid: 200,
} as const

/** A definition lies in one row of at most 2 MB. A body of 1 MiB in another format may be several as JSON. */
const mostBytes = 1_048_576

const checkSize = (definition: PollDefinition, note: Note): void => {
  const bytes = new TextEncoder().encode(JSON.stringify(definition)).byteLength
  if (bytes > mostBytes) note('', `Must take at most ${mostBytes} bytes as JSON, and takes ${bytes}.`)
}

const countersExplained =
  'one an option of a choice, n² for a ranking of n options, one a value of a rating, 11 for an nps'

/** A body of a megabyte must not be answered with several. */

type Note = (pointer: string, detail: string) => void

const defineQuestion = (draft: QuestionDraft, id: string, at: number, note: Note): Question => {
  const pointer = `/questions/${at}`
  const { prompt, required = at === 0 } = draft
  checkWords(`${pointer}/prompt`, prompt, limits.title, note)
  switch (draft.type) {
    case 'choice': {
      const { type, min = 1, max = 1, shuffle = false } = draft
      const options = defineOptions(pointer, draft.options, 1, limits.options, note)
      checkNumber(`${pointer}/min`, min, 1, options.length, note)
      checkNumber(`${pointer}/max`, max, 1, options.length, note)
      if (min > max) note(`${pointer}/max`, `Must be at least min, which is ${min}; max is 1 unless said.`)
      return { id, type, prompt, required, min, max, shuffle, options }
    }
    case 'ranking': {
      const options = defineOptions(pointer, draft.options, 2, limits.ranked, note)
      return { id, type: draft.type, prompt, required, options }
    }
    case 'rating': {
      const { type, scale = 5 } = draft
      checkNumber(`${pointer}/scale`, scale, 2, 10, note)
      return { id, type, prompt, required, scale }
    }
    case 'nps':
      return { id, type: draft.type, prompt, required }
    case 'text': {
      const { type, maxLength = 500 } = draft
      checkNumber(`${pointer}/maxLength`, maxLength, 1, limits.text, note)
      return { id, type, prompt, required, maxLength }
    }
  }
}

const defineOptions = (
  question: string,
  drafts: readonly OptionDraft[],
  least: number,
  most: number,
  note: Note,
): readonly Option[] => {
  const pointer = `${question}/options`
  const given = atMost(pointer, drafts, most, 'options', note)
  if (given.length < least)
    note(pointer, `Must have at least ${least === 1 ? '1 option' : `${least} options`}.`)
  const ids = checkIds(pointer, given, 'o', note)
  return given.map(({ label, image }, at) => {
    checkWords(`${pointer}/${at}/label`, label, limits.label, note)
    if (image !== undefined && !isHttps(image))
      note(`${pointer}/${at}/image`, 'Must be an absolute https URL.')
    const id = ids[at] ?? ''
    return image === undefined ? { id, label } : { id, label, image }
  })
}

/** The ids given, and for the rest `prefix` with the position from 1, or the next number nobody has. */
const checkIds = (
  pointer: string,
  given: readonly { readonly id?: string | undefined }[],
  prefix: string,
  note: Note,
): readonly string[] => {
  const taken = new Set<string>()
  for (const [at, { id }] of given.entries()) {
    if (id === undefined) continue
    if (!/^[a-z0-9_-]{1,40}$/.test(id)) note(`${pointer}/${at}/id`, 'Must be 1 to 40 of a–z, 0–9, _ and -.')
    else if (taken.has(id)) note(`${pointer}/${at}/id`, 'Must not be used twice.')
    taken.add(id)
  }
  return given.map(({ id }, at) => {
    if (id !== undefined) return id
    let number = at + 1
    while (taken.has(`${prefix}${number}`)) number++
    taken.add(`${prefix}${number}`)
    return `${prefix}${number}`
  })
}

const checkCounters = (questions: readonly Question[], note: Note) => {
  const counters = countersOf(questions)
  if (counters <= limits.counters) return
  note('/questions', `Needs ${counters} counters of at most ${limits.counters}: ${countersExplained}.`)
}

const checkTimes = ({ opensAt = null, closesAt = null }: PollDraft, note: Note) => {
  if (opensAt !== null && !isTime(opensAt)) note('/opensAt', 'Must be a time.')
  if (closesAt !== null && !isTime(closesAt)) note('/closesAt', 'Must be a time.')
  if (opensAt !== null && closesAt !== null && closesAt <= opensAt)
    note('/closesAt', 'Must be later than opensAt.')
}

/** Made anew, not passed on: what is stored and travels has the members named here and no others. */
const defineDedupe = (draft: DedupeDraft, note: Note): Dedupe => {
  switch (draft.by) {
    case 'ip': {
      const { limit = 1 } = draft
      checkNumber('/dedupe/limit', limit, 1, 1_000, note)
      return { by: 'ip', limit }
    }
    case 'account':
      return { by: 'account', keys: defineKeys(draft.keys, note) }
    default:
      return { by: draft.by }
  }
}

const defineKeys = (drafts: readonly AccountKey[], note: Note): readonly AccountKey[] => {
  const keys = atMost('/dedupe/keys', drafts, limits.accountKeys, 'keys', note)
  if (keys.length === 0) note('/dedupe/keys', 'Must have at least 1 key.')
  const taken = new Set<string>()
  return keys.map((key, at) => {
    const pointer = `/dedupe/keys/${at}`
    const { kid, alg } = key
    checkWords(`${pointer}/kid`, kid, limits.kid, note)
    if (taken.has(kid)) note(`${pointer}/kid`, 'Must not be used twice.')
    taken.add(kid)
    if (alg === 'HS256') {
      checkWords(`${pointer}/secret`, key.secret, limits.text, note)
      return { kid, alg, secret: key.secret }
    }
    if (!/^[A-Za-z0-9_-]{43}$/.test(key.x)) note(`${pointer}/x`, 'Must be 32 bytes in base64url, unpadded.')
    return { kid, alg, x: key.x }
  })
}

const defineOrigins = (origins: readonly string[], note: Note): readonly string[] =>
  unique(
    atMost('/allowedOrigins', origins, limits.origins, 'origins', note).map((written, at) => {
      const origin = originOf(written)
      if (origin === null) {
        note(
          `/allowedOrigins/${at}`,
          'Must be an origin: http or https, a host, maybe a port, and nothing after them.',
        )
      }
      return origin ?? written
    }),
  )

/** An origin as a browser sends it (lower case, punycode, no default port), or null. Hosts are letters, digits and
 *  `.-_`: URLs also allow `;` `,` and `*` there, which would change the meaning of a header these stand in. */
const originOf = (written: string): string | null => {
  if (!/^https?:\/\/[^/?#@\\\s]+$/i.test(written) || !URL.canParse(written)) return null
  const { origin } = new URL(written)
  return /^https?:\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?$/.test(origin) ? origin : null
}

const defineLabels = (
  labels: Readonly<Record<string, string>>,
  note: Note,
): Readonly<Record<string, string>> => {
  const entries = atMost('/labels', Object.entries(labels), limits.labels, 'labels', note)
  for (const [key, value] of entries) {
    const pointer = pointerTo(['labels', key])
    checkWords(pointer, key, limits.labelKey, (at, detail) => note(at, `The name: ${detail.toLowerCase()}`))
    checkText(pointer, value, limits.label, note)
  }
  return Object.fromEntries(entries) // defines properties, so that `__proto__` becomes one
}

/** The list, or as much of it as is allowed: what is too many is not looked at. */
const atMost = <Item>(pointer: string, items: readonly Item[], most: number, what: string, note: Note) => {
  if (items.length <= most) return items
  note(pointer, `Must have at most ${most} ${what}.`)
  return items.slice(0, most)
}

/** Text that must say something. */
const checkWords = (pointer: string, words: string, most: number, note: Note) =>
  words.trim() === '' ? note(pointer, 'Must not be blank.') : checkText(pointer, words, most, note)

const checkText = (pointer: string, text: string, most: number, note: Note) => {
  const fault = textFault(text, most)
  if (fault !== null) note(pointer, fault)
}

const checkNumber = (pointer: string, number: number, least: number, most: number, note: Note) => {
  if (Number.isSafeInteger(number) && number >= least && number <= most) return
  note(pointer, `Must be a whole number from ${least} to ${most}.`)
}

const isHttps = (url: string) =>
  url.length <= limits.image &&
  /^https:\/\/\S+$/i.test(url) &&
  URL.canParse(url) &&
  textFault(url, limits.image) === null

/** Within what RFC 3339 can write: years 0000–9999. */
const isTime = (time: number) =>
  Number.isInteger(time) && time >= -62_167_219_200_000 && time <= 253_402_300_799_999

const unique = (values: readonly string[]) => [...new Set(values)]
