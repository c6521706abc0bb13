// Keys and the audit log in memory: what test/contracts holds the archive's own to, and these by the same suites.
import { isOver } from '../../src/application/api-key.ts'
import type { AuditEntry, AuditLog } from '../../src/application/audit-ports.ts'
import type { KeyBook, KeyReach, StoredKey } from '../../src/application/key-ports.ts'
import type { KeyRecord } from '../../src/application/ports.ts'

export type KeyRow = StoredKey & Pick<KeyRecord, 'workspaceId' | 'plan' | 'secretHash'>

export interface MemoryKeys {
  readonly rows: Map<string, KeyRow>
  readonly book: Writable<KeyBook>
  readonly log: MemoryLog
}

export const memoryKeys = (): MemoryKeys => {
  const rows = new Map<string, KeyRow>()
  const log = memoryLog()
  const planOf = (accountId: string) =>
    [...rows.values()].find(({ workspaceId }) => workspaceId === accountId)?.plan ?? 'enterprise'
  const own = ({ accountId, mode }: KeyReach, keyId: string): KeyRow | null => {
    const row = rows.get(keyId)
    return row?.workspaceId === accountId && (mode === null || row.mode === mode) ? row : null
  }
  const book: Writable<KeyBook> = {
    add: async ({ accountId, ...key }, entry) => {
      const known = shown(own({ accountId, mode: null }, key.id))
      if (known !== null) return known
      const unused = { revokedAt: null, lastUsedAt: null, replacedBy: null }
      rows.set(key.id, { ...key, ...unused, workspaceId: accountId, plan: planOf(accountId) })
      await log.add(entry, never)
      return 'made'
    },
    find: async (reach, keyId) => shown(own(reach, keyId)),
    list: async ({ limit, after, ...reach }) =>
      [...rows.values()]
        .filter(({ id }) => own(reach, id) !== null)
        .toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1))
        .filter(
          ({ createdAt, id }) =>
            after === null || createdAt < after.createdAt || (createdAt === after.createdAt && id < after.id),
        )
        .slice(0, limit)
        .flatMap((row) => shown(row) ?? []),
    rename: async (reach, keyId, name, entry) => {
      const row = own(reach, keyId)
      if (row === null) return null
      rows.set(keyId, { ...row, name })
      await log.add(entry, never)
      return shown({ ...row, name })
    },
    rotate: async (reach, keyId, { successor, endsAt, now }, entry, signal) => {
      const row = own(reach, keyId)
      if (row === null || row.replacedBy !== null || isOver(row, now)) return false
      rows.set(keyId, {
        ...row,
        expiresAt: Math.min(row.expiresAt ?? endsAt, endsAt),
        replacedBy: successor.id,
      })
      await book.add(successor, entry, signal)
      return true
    },
    revoke: async (reach, keyId, { force, now }, entry) => {
      const row = own(reach, keyId)
      if (row === null) return null
      const managing = (each: KeyRow) =>
        each.mode === 'live' && each.scopes.includes('keys:write') && !isOver(each, now)
      const others = [...rows.values()].filter(
        (each) => each.workspaceId === reach.accountId && each.id !== keyId,
      )
      const stays = (each: KeyRow) => managing(each) && each.replacedBy === null
      if (managing(row) && !force && !others.some(stays)) return 'last'
      if (row.revokedAt !== null) return 'revoked'
      rows.set(keyId, { ...row, revokedAt: now })
      await log.add(entry, never)
      return 'revoked'
    },
    touch: async (keyId, at) => {
      const row = rows.get(keyId)
      if (row !== undefined) rows.set(keyId, { ...row, lastUsedAt: Math.max(row.lastUsedAt ?? 0, at) })
    },
  }
  return { rows, book, log }
}

/** Its methods may be replaced by a test. */
export interface MemoryLog extends Writable<AuditLog> {
  readonly entries: AuditEntry[]
}

type Writable<Port> = { -readonly [Name in keyof Port]: Port[Name] }

export const memoryLog = (): MemoryLog => {
  const entries: AuditEntry[] = []
  return {
    entries,
    add: async (entry) => {
      if (!entries.some(({ id }) => id === entry.id)) entries.push(entry)
    },
    list: async ({ workspaceId, limit, after }) =>
      entries
        .filter((entry) => entry.workspaceId === workspaceId)
        .toSorted((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1))
        .filter(({ at, id }) => after === null || at < after.at || (at === after.at && id < after.id))
        .slice(0, limit),
  }
}

const never = new AbortController().signal

const shown = (row: KeyRow | null): StoredKey | null => {
  if (row === null) return null
  const { workspaceId: _account, plan: _plan, secretHash: _secret, ...key } = row
  return key
}
