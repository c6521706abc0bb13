import type { AuditEntry, AuditLog, AuditPlace } from './audit-ports.ts'

export interface AuditOrder {
  readonly workspaceId: string
  readonly limit: number
  readonly after: AuditPlace | null
}

/** A page of a tenant's audit log, newest first. One statement. */
export const listActions =
  ({ auditLog }: { readonly auditLog: Pick<AuditLog, 'list'> }) =>
  async (
    { workspaceId, limit, after }: AuditOrder,
    signal: AbortSignal,
  ): Promise<{ readonly entries: readonly AuditEntry[]; readonly next: AuditPlace | null }> => {
    const found = await auditLog.list({ workspaceId, limit: limit + 1, after }, signal)
    const entries = found.slice(0, limit)
    const last = entries.at(-1)
    const more = found.length > limit && last !== undefined
    return { entries, next: more ? { at: last.at, id: last.id } : null }
  }
