// The reconciler's round: every poll that Postgres knows, one after the other, shard by shard.
import type { BallotReader } from '../application/ports.ts'
import type { ArchiveServices } from './archive-services.ts'

const pollsAtOnce = 100
const patienceMs = 60_000

interface Needs extends Pick<ArchiveServices, 'auditPoll' | 'report'> {
  readonly ballotReader: Pick<BallotReader, 'pollIds'>
}

/** The round of each database. One that is away fails the whole in the end, when the others have had their turn. */
export const reconcileEach =
  ({ ballotReaders, ...needs }: Omit<Needs, 'ballotReader'> & Pick<ArchiveServices, 'ballotReaders'>) =>
  async (): Promise<void> => {
    const errors: unknown[] = []
    for (const ballotReader of ballotReaders)
      await reconcileAll({ ...needs, ballotReader })().catch((error: unknown) => errors.push(error))
    if (errors.length > 0) throw errors[0]
  }

export const reconcileAll =
  ({ auditPoll, ballotReader, report }: Needs) =>
  async (): Promise<void> => {
    let after: string | null = null
    while (true) {
      const ids: readonly string[] = await ballotReader.pollIds(
        after,
        pollsAtOnce,
        AbortSignal.timeout(patienceMs),
      )
      for (const pollId of ids) {
        const audit = await auditPoll({ pollId }, AbortSignal.timeout(patienceMs)).catch((error: unknown) => {
          report({ type: 'box-failed', pollId, error: String(error) })
          return null // the others must not wait for this one
        })
        if (audit?.ok !== true) continue
        const differing = audit.value.shards.filter(({ verdict }) => verdict === 'differs')
        report({
          type: 'poll-reconciled',
          pollId,
          shards: audit.value.shards.length,
          differing: differing.length,
        })
      }
      after = ids.at(-1) ?? null
      if (ids.length < pollsAtOnce || after === null) return
    }
  }
