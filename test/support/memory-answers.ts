// First answers in memory: held to the suite of test/contracts that Redis and Postgres pass.
import { type AnswerStore, type Claim, claimMs, keptMs } from '../../src/application/first-answer-ports.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'

export interface MemoryAnswers extends AnswerStore {
  /** While it is set the store cannot be asked. */
  away: boolean
  readonly rows: Map<
    string,
    { readonly claim: Claim; readonly sealed: string | null; readonly until: number }
  >
}

export const memoryAnswers = (clock: Clock): MemoryAnswers => {
  const rows: MemoryAnswers['rows'] = new Map()
  const there = () => {
    if (store.away) throw new Unavailable('a store of first answers')
  }
  const found = (id: string) => {
    const row = rows.get(id)
    return row !== undefined && row.until > clock.now() ? row : null
  }
  const isOf = (claim: Claim, row: { readonly claim: Claim; readonly sealed: string | null } | null) =>
    row?.sealed === null && row.claim.at === claim.at && row.claim.fingerprint === claim.fingerprint
  const store: MemoryAnswers = {
    away: false,
    rows,
    claim: async (claim) => {
      there()
      const row = found(claim.id)
      if (row === null) {
        rows.set(claim.id, { claim, sealed: null, until: clock.now() + claimMs })
        return null
      }
      const { fingerprint } = row.claim
      return row.sealed === null
        ? { kind: 'under-way', fingerprint }
        : { kind: 'answered', fingerprint, sealed: row.sealed }
    },
    keep: async (claim, sealed) => {
      there()
      const row = found(claim.id)
      if (row === null || isOf(claim, row)) rows.set(claim.id, { claim, sealed, until: clock.now() + keptMs })
    },
    release: async (claim) => {
      there()
      if (isOf(claim, found(claim.id))) rows.delete(claim.id)
    },
  }
  return store
}
