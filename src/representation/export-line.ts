// One ballot of an export: everything that recounting it needs. The archive writes the same lines (archive/export-statement.ts).
import type { ArchivedBallot } from '../domain/ballot/ballot.ts'

export const exportLine = ({ castAt, ...ballot }: ArchivedBallot): string =>
  `${JSON.stringify({ ...ballot, castAt: new Date(castAt).toISOString(), erased: ballot.answers === null })}\n`

/** A line, read again. */
export interface ExportedBallot extends Omit<ArchivedBallot, 'castAt'> {
  readonly castAt: string
  readonly erased: boolean
}
