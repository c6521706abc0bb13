// The audit log: who did what, as its readers and writers see it.

export interface AuditEntry {
  readonly id: string
  /** Whose log it is in: the tenant of the key. */
  readonly workspaceId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** A key's id, or `operator`. */
  readonly actor: string
  /** As `poll.close`. */
  readonly action: string
  /** The id of what it was done to; of a part of a poll `poll_…/bal_…`. */
  readonly target: string
  readonly requestId: string
}

/** An entry of something that is yet to be done: what it is done to may be made by it. */
export type Deed = Omit<AuditEntry, 'target'>

export interface AuditPlace {
  readonly at: number
  readonly id: string
}

export interface AuditLog {
  /** Adding an entry again changes nothing. */
  add(entry: AuditEntry, signal: AbortSignal): Promise<void>
  /** A tenant's entries, newest first, after a place. */
  list(
    order: { readonly workspaceId: string; readonly limit: number; readonly after: AuditPlace | null },
    signal: AbortSignal,
  ): Promise<readonly AuditEntry[]>
}
