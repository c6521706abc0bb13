// One ballot of an export: everything that recounting it needs.
import type { ArchivedBallot } from '../domain/ballot/ballot.ts'

export const exportLine = ({ castAt, ...ballot }: ArchivedBallot): string =>
  `${JSON.stringify({ ...ballot, castAt: new Date(castAt).toISOString(), erased: ballot.answers === null })}\n`
