// Puts what the ballots must give beside what was found, and points at every difference.

import type { Runoff } from './expected.ts'
import { optionId } from './poll-of.ts'
import type { PublishedRunoffResult } from './published.ts'

export interface Comparison {
  readonly title: string
  readonly labels: readonly string[]
  /** What the cast ballots must give, a number a label. */
  readonly must: readonly number[]
  /** What each source says, by its name. */
  readonly found: Readonly<Record<string, readonly number[]>>
}

/** How many numbers differ from what they must be; a missing number differs. */
export const differencesIn = ({ must, found }: Comparison): number =>
  Object.values(found).reduce(
    (sum, column) => sum + must.filter((value, row) => column[row] !== value).length,
    0,
  )

/** The comparison as a table, largest first; lines that differ are marked. */
export const renderComparison = ({ title, labels, must, found }: Comparison): string => {
  const names = Object.keys(found)
  const columns = [must, ...Object.values(found)]
  const order = [...labels.keys()].sort((left, right) => (must[right] ?? 0) - (must[left] ?? 0))
  const cells = order.map((row) => [
    labels[row] ?? '',
    ...columns.map((column) => shown(column[row])),
    columns.some((column) => column[row] !== must[row]) ? '← differs' : '',
  ])
  const table = [[title, 'must be', ...names, ''], ...cells]
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? []
  return table
    .map((line) =>
      line
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Every way in which a published runoff is not the expected one, each in a sentence. */
export const runoffDifferences = (
  must: Runoff,
  found: PublishedRunoffResult | null | undefined,
): readonly string[] => {
  if (found === null || found === undefined) return ['no runoff was published']
  const winner = must.winner === null ? null : optionId(must.winner)
  const sentences: string[] = []
  const check = (what: string, wanted: unknown, got: unknown): void => {
    if (wanted !== got) sentences.push(`${what} must be ${wanted}, but ${got} was published`)
  }
  check('the winner', winner, found.winner)
  check('the exhausted ballots', must.exhausted, found.exhausted)
  check('the number of rounds', must.rounds.length, found.rounds.length)
  must.rounds.forEach(({ counts, eliminated }, index) => {
    const round = found.rounds[index]
    if (round === undefined) return
    const wanted = Object.fromEntries([...counts].map(([candidate, count]) => [optionId(candidate), count]))
    check(`round ${index + 1}: the counts`, sorted(wanted), sorted(round.counts))
    check(`round ${index + 1}: who leaves`, eliminated.map(optionId).join(), round.eliminated.join())
  })
  return sentences
}

const shown = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : String(value)

const pad = (cell: string, width: number, column: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width)

const sorted = (counts: Readonly<Record<string, number>>): string =>
  JSON.stringify(Object.entries(counts).sort(([left], [right]) => (left < right ? -1 : 1)))
