// What Postgres knows of what has been kept long enough.

/** Where a round over polls has come to: by workspace, and in one from the oldest poll on. */
export interface RetentionPlace {
  readonly workspaceId: string
  readonly createdAt: number
  readonly pollId: string
}

/** A poll of a workspace that keeps polls for so many days, made longer ago than that. */
export interface OldPoll extends RetentionPlace {
  readonly retentionDays: number
  /** null: it is not closed. */
  readonly closedAt: number | null
}

/** Rows that go by their age alone, each by a statement of its own. First answers have their own hour: runtime/forget-answers. */
export const agingRows = [
  // Before the tombstones: a letter of a poll that is gone must not outlive what keeps it from being written again.
  'letters-of-deleted-polls',
  'dead-letters',
  'tombstones',
  'payloads',
  'deliveries',
  'audit-log',
] as const
export type AgingRows = (typeof agingRows)[number]

export interface RetentionRecords {
  /** Polls after a place, in its order, `limit` at most. One statement. */
  oldPolls(
    after: RetentionPlace | null,
    limit: number,
    now: number,
    signal: AbortSignal,
  ): Promise<readonly OldPoll[]>
  /** Takes up to `limit` rows from before a time out, and returns how many; with `only: 'count'` it leaves them there. */
  forget(
    rows: AgingRows,
    order: { readonly before: number; readonly limit: number; readonly only?: 'count' },
    signal: AbortSignal,
  ): Promise<number>
}
