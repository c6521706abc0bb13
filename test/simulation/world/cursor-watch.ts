// Whenever a box holds more events for archived, Postgres is looked up: all of them must be there at that moment.
import { openLedger } from '../../../src/ballot-box/ledger.ts'
import { hasTables } from '../../../src/ballot-box/schema.ts'
import { ballotIdOf } from '../../../src/domain/ballot/ballot-id.ts'
import type { Tables } from '../../support/simulated/postgres.ts'
import type { BoxStand } from './box-stand.ts'
import type { Ground } from './ground.ts'

export const cursorWatch = (ground: Pick<Ground, 'alarm'>, tables: () => Tables) => {
  const looked = new Map<BoxStand, number>()
  return (stand: BoxStand): void => {
    const { pollId, shard } = stand.address
    const { storage } = stand.object.disk
    if (tables().deletedPolls.has(pollId) || !hasTables(storage)) return
    const [box] = storage.all<{ archived: number; secret: Uint8Array }>('select archived, secret from box')
    if (box === undefined) return
    const from = Math.min(looked.get(stand) ?? 0, box.archived)
    looked.set(stand, box.archived)
    const revisions = new Map((tables().ballots.get(pollId) ?? []).map(({ id, revision }) => [id, revision]))
    for (const entry of openLedger(storage).entriesAfter(from, box.archived - from)) {
      if (entry.seq > box.archived) break
      const id = ballotIdOf(box.secret, shard, entry.ballotSeq)
      if ((revisions.get(id) ?? 0) < entry.revision)
        ground.alarm(
          '1',
          `shard ${shard} of ${pollId} holds event ${entry.seq} for archived, and Postgres has no revision ${entry.revision} of ${id}`,
        )
    }
  }
}
