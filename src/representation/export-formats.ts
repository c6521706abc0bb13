// How an export is written: what stands before its ballots, how a page of lines becomes a part of the file, and its end.
import type { Poll } from '../domain/poll/poll.ts'
import { csvHeader, csvRecords } from './export-csv.ts'

export const exportFormats = ['csv', 'ndjson', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface ExportWriting {
  readonly mediaType: string
  readonly head: string
  /** `first`: whether nothing but the head stands before it. */
  part(lines: string, first: boolean): string
  /** Without it a JSON document is none, so that one that was cut off shows it. */
  readonly tail: string
}

/** Pages are whole lines, each ended; no line break is in a line. */
export const exportWriting = (format: ExportFormat, { id, questions }: Poll): ExportWriting => {
  switch (format) {
    case 'ndjson':
      return { mediaType: 'application/x-ndjson', head: '', part: (lines) => lines, tail: '' }
    case 'json':
      return {
        mediaType: 'application/json',
        head: `{"pollId":${JSON.stringify(id)},"ballots":[\n`,
        part: (lines, first) =>
          lines === '' ? '' : `${first ? '' : ',\n'}${lines.slice(0, -1).replaceAll('\n', ',\n')}`,
        tail: '\n]}\n',
      }
    case 'csv':
      return {
        mediaType: 'text/csv; charset=utf-8',
        head: csvHeader(questions),
        part: (lines) => csvRecords(lines, questions),
        tail: '',
      }
  }
}
