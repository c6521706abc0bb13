// API keys as their owners manage them. The secret half is never among what is read.
import type { AuditEntry } from './audit-ports.ts'
import type { KeyMode, Scope } from './ports.ts'

/** A key as its owner sees it. Times are milliseconds since the epoch. */
export interface StoredKey {
  readonly id: string
  readonly name: string
  readonly mode: KeyMode
  readonly scopes: readonly Scope[]
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  /** To about ten minutes; null: never. */
  readonly lastUsedAt: number | null
  /** The key that a rotation put in its place. */
  readonly replacedBy: string | null
}

export interface NewKey
  extends Pick<StoredKey, 'id' | 'name' | 'mode' | 'scopes' | 'createdAt' | 'expiresAt'> {
  readonly accountId: string
  /** SHA-256 of the secret half, hex. */
  readonly secretHash: string
}

/** Which keys a caller can see at all: of its workspace, and with a test key only test keys. */
export interface KeyReach {
  readonly accountId: string
  /** null: both. */
  readonly mode: 'test' | null
}

export interface KeyPlace {
  readonly createdAt: number
  readonly id: string
}

/** Each change and its entry in the audit log are one statement: both or neither. */
export interface KeyBook {
  /** A key: one of this workspace had its id already, which is answered as it is, and nothing was done. */
  add(key: NewKey, entry: AuditEntry, signal: AbortSignal): Promise<'made' | StoredKey>
  find(reach: KeyReach, keyId: string, signal: AbortSignal): Promise<StoredKey | null>
  /** Newest first, after a place. */
  list(
    order: KeyReach & { readonly limit: number; readonly after: KeyPlace | null },
    signal: AbortSignal,
  ): Promise<readonly StoredKey[]>
  /** null: no such key. */
  rename(
    reach: KeyReach,
    keyId: string,
    name: string,
    entry: AuditEntry,
    signal: AbortSignal,
  ): Promise<StoredKey | null>
  /** Makes the successor, and lets the key end at `endsAt` at the latest. false: it is revoked, replaced or over. */
  rotate(
    reach: KeyReach,
    keyId: string,
    change: { readonly successor: NewKey; readonly endsAt: number; readonly now: number },
    entry: AuditEntry,
    signal: AbortSignal,
  ): Promise<boolean>
  /** `last`: nothing was done, because no other live key could manage keys any more; `force` does it all the same.
   *  Revoking a revoked key changes nothing and notes nothing. */
  revoke(
    reach: KeyReach,
    keyId: string,
    change: { readonly force: boolean; readonly now: number },
    entry: AuditEntry,
    signal: AbortSignal,
  ): Promise<'revoked' | 'last' | null>
  /** Notes that the key was used, unless something later is noted. */
  touch(keyId: string, at: number, signal: AbortSignal): Promise<void>
}
