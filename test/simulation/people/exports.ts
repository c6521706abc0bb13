// Owners who export: again and again while the archive is behind.
import type { ArchivedBallot } from '../../../src/domain/ballot/ballot.ts'
import type { Poll } from '../../../src/domain/poll/poll.ts'
import type { ExportedBallot } from '../../../src/representation/export-line.ts'
import { own } from './insist.ts'
import type { Stage } from './stage.ts'

/** Exports while the archive is still behind, and again until it is not. */
export const exports = async ({ world, history }: Stage, poll: Poll): Promise<void> => {
  for (let tries = 0; tries < 20; tries++) {
    const sentAt = world.schedule.now
    try {
      const exported = await world.edges.ask(async ({ exportBallots }, signal) => {
        const done = await exportBallots(own(poll), signal)
        if (!done.ok) return null
        const rows: ArchivedBallot[] = []
        for await (const lines of done.value.pages) rows.push(...ballotsIn(lines))
        return { archived: done.value.archived, accepted: done.value.accepted, ballots: rows }
      })
      if (exported !== null) {
        const { ballots: rows, archived, accepted } = exported
        history.exports.push({
          pollId: poll.id,
          sentAt,
          answeredAt: world.schedule.now,
          rows,
          archived,
          accepted,
        })
        return
      }
    } catch {
      // Asked in vain.
    }
    await world.schedule.pause(3_000)
  }
}

const ballotsIn = (lines: string): readonly ArchivedBallot[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { erased: _erased, castAt, ...ballot }: ExportedBallot = JSON.parse(line)
      return { ...ballot, castAt: Date.parse(castAt) }
    })
