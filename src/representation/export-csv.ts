// An export as CSV (RFC 4180), for spreadsheets: a header, then a record a ballot. What is exact is NDJSON and JSON.
import type { Question } from '../domain/poll/poll.ts'
import type { Answer } from '../domain/tally/rule.ts'
import type { ExportedBallot } from './export-line.ts'

const ownColumns = ['ballotId', 'castAt', 'revision', 'country', 'salt', 'shard', 'seq'] as const

/** Our columns, then one a question, under its id; where that is the name of one of ours, `answers.` stands before it. */
export const csvHeader = (questions: readonly Pick<Question, 'id'>[]): string => {
  const taken = new Set<string>(ownColumns)
  const columns = questions.map(({ id }) => cellOf(taken.has(id) ? `answers.${id}` : id))
  return record([...ownColumns, ...columns])
}

/** The records of some lines of an export. */
export const csvRecords = (lines: string, questions: readonly Pick<Question, 'id' | 'type'>[]): string => {
  let records = ''
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf('\n', from)
    const ballot: ExportedBallot = JSON.parse(lines.slice(from, end))
    records += recordOf(ballot, questions)
    from = end + 1
  }
  return records
}

const recordOf = (
  { id, castAt, revision, country, salt, shard, seq, answers }: ExportedBallot,
  questions: readonly Pick<Question, 'id' | 'type'>[],
): string => {
  // One text that grows: a list a ballot, joined, took half as long again.
  let record = `${id},${castAt},${revision},${cellOf(country ?? '')},${salt ?? ''},${shard},${seq}`
  for (const question of questions)
    record += `,${answers !== null && Object.hasOwn(answers, question.id) ? answerCell(answers[question.id]) : ''}`
  return `${record}\r\n`
}

const record = (cells: readonly (string | number)[]): string => `${cells.join(',')}\r\n`

/** Options of a choice or a ranking by their ids, which have no `|` in them, a ranking's most wanted first. */
const answerCell = (answer: Answer | undefined): string | number => {
  if (typeof answer === 'number') return answer
  if (typeof answer === 'string') return quoted(guarded(answer))
  return answer === undefined ? '' : cellOf(answer.join('|'))
}

/** A text that a spreadsheet would take for a formula gets an apostrophe before it: then it is shown and not run. The wide
 *  forms are read as the narrow ones by some of them. */
const guarded = (text: string): string =>
  /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text

const cellOf = (text: string): string => {
  const safe = guarded(text)
  return /[",\r\n]/.test(safe) ? quoted(safe) : safe
}

/** What voters wrote is always in quotes, so that a program that splits at semicolons finds no cell of its own in it. */
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
