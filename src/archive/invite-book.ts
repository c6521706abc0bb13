// Issued invites: a row each, with the hash of its code, for lists.
import { type SQL, sql } from 'drizzle-orm'
import type { InviteBook, IssuedInvite } from '../application/invite-book.ts'
import type { OwnedPoll } from '../application/own-poll.ts'
import type { Database } from './database.ts'
import { instantOf, msOf, msOrNull } from './instant.ts'

export const inviteBook = (database: Database): InviteBook => ({
  record: async (poll, batch, signal) => {
    await database.run((postgres) => postgres.execute(recordStatement(poll, batch)), signal)
  },

  revoke: async ({ id, workspaceId }, { serial, revokedAt }, signal) => {
    const statement = sql`
      update invites set revoked_at = ${instantOf(revokedAt)}
      where poll_id = ${id} and serial = ${serial}::bigint and workspace_id = ${workspaceId} and revoked_at is null`
    await database.run((postgres) => postgres.execute(statement), signal)
  },

  list: async ({ id, workspaceId }, { after, limit }, signal) => {
    const statement = sql`
      select serial, ${msOf('issued_at')} as issued_at, ${msOf('revoked_at')} as revoked_at from invites
      where poll_id = ${id} and serial > ${after}::bigint and workspace_id = ${workspaceId}
      order by serial limit ${limit}::integer`
    const { rows } = await database.run((postgres) => postgres.execute<Row>(statement), signal)
    return rows.map(inviteOf)
  },
})

interface Row extends Record<string, unknown> {
  readonly serial: number
  readonly issued_at: string
  readonly revoked_at: string | null
}

const inviteOf = ({ serial, issued_at, revoked_at }: Row): IssuedInvite => ({
  serial,
  issuedAt: Number(issued_at),
  revokedAt: msOrNull(revoked_at),
})

/** One statement and one array for any number of them. The tombstone is asked once, not for each (migrations/0002). */
const recordStatement = (
  { id, workspaceId }: OwnedPoll,
  { first, hashes, issuedAt }: Parameters<InviteBook['record']>[1],
): SQL => sql`
  with living as materialized (select where not poll_is_deleted(${id}::text))
  insert into invites (poll_id, serial, workspace_id, hash, issued_at)
  select ${id}, ${first}::bigint + at - 1, ${workspaceId}, decode(hash, 'hex'), ${instantOf(issuedAt)}
  from living, unnest(${sql.param([...hashes])}::text[]) with ordinality as code (hash, at)
  on conflict (poll_id, serial) do nothing`
