// The reconciler's round: every poll that Postgres knows, one after the other, shard by shard.
import type { ArchiveServices } from './archive-services.ts'

const pollsAtOnce = 100
const patienceMs = 60_000

export const reconcileAll =
  ({ auditPoll, ballotReader, report }: Pick<ArchiveServices, 'auditPoll' | 'ballotReader' | 'report'>) =>
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
