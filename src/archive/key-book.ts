// API keys as their owners manage them. A change and its entry in the audit log are one statement.
import { type SQL, sql } from 'drizzle-orm'
import type { KeyBook, KeyReach, NewKey, StoredKey } from '../application/key-ports.ts'
import type { KeyMode, Scope } from '../application/ports.ts'
import { noted } from './audit-log.ts'
import type { Database } from './database.ts'
import { instantOf, instantOrNull, msOf, msOrNull } from './instant.ts'
import { apiKeys as table } from './schema.ts'

export const keyBook = (database: Database): KeyBook => {
  const rowsOf = async <Found extends Record<string, unknown>>(statement: SQL, signal: AbortSignal) =>
    (await database.run((postgres) => postgres.execute<Found>(statement), signal)).rows
  const book: KeyBook = {
    add: async (key, entry, signal) => {
      const reach = { accountId: key.accountId, mode: null }
      const [row] = await rowsOf<Row & { made: string }>(
        sql`with done as (${made(key)} on conflict (id) do nothing returning id),
                 noted as (${noted(entry, sql`from done`)}),
                 known as (select ${shown} from ${table} where ${own(reach, key.id)})
            select (select count(*) from done) as made, known.* from (select) as one left join known on true`,
        signal,
      )
      if (Number(row?.made) > 0) return 'made'
      // One that was made since this statement began is not seen by it.
      const known = row?.id ? keyOf(row) : await book.find(reach, key.id, signal)
      if (known === null) throw new Error(`The key ${key.id} is another workspace’s`)
      return known
    },

    find: async (reach, keyId, signal) => {
      const [row] = await rowsOf<Row>(sql`select ${shown} from ${table} where ${own(reach, keyId)}`, signal)
      return row === undefined ? null : keyOf(row)
    },

    list: async ({ limit, after, ...reach }, signal) => {
      const rows = await rowsOf<Row>(
        sql`select ${shown} from ${table} where ${within(reach)}
            ${after === null ? sql`` : sql`and (created_at, id) < (${instantOf(after.createdAt)}, ${after.id})`}
            order by created_at desc, id desc limit ${limit}`,
        signal,
      )
      return rows.map(keyOf)
    },

    rename: async (reach, keyId, name, entry, signal) => {
      const [row] = await rowsOf<Row>(
        sql`with done as (update ${table} set name = ${name} where ${own(reach, keyId)} returning *),
                 noted as (${noted(entry, sql`from done`)})
            select ${shown} from done`,
        signal,
      )
      return row === undefined ? null : keyOf(row)
    },

    rotate: async (reach, keyId, { successor, endsAt, now }, entry, signal) => {
      const rows = await rowsOf(
        sql`with done as (
              update ${table}
              set expires_at = least(expires_at, ${instantOf(endsAt)}), replaced_by = ${successor.id}
              where ${own(reach, keyId)} and replaced_by is null and ${good(now)} returning id),
            noted as (${noted(entry, sql`from done`)})
            ${made(successor, sql`from done`)} returning id`,
        signal,
      )
      return rows.length > 0
    },

    revoke: async (reach, keyId, { force, now }, entry, signal) => {
      const managing = sql`mode = 'live' and 'keys:write' = any(scopes) and ${good(now)}`
      // Two that revoke each other's last resort take turns: who waited sees what the first has left. One that was replaced
      // only lives on for a while.
      const [row] = await rowsOf<{ found: string; last: string }>(
        sql`with managing as materialized (
              select id, replaced_by from ${table} where workspace_id = ${reach.accountId} and ${managing}
              order by id for update),
            own as (select id from ${table} where ${own(reach, keyId)}),
            last as (
              select id from own where id in (select id from managing) and not ${force}::boolean and not exists (
                select 1 from managing where id <> ${keyId} and replaced_by is null)),
            done as (
              update ${table} set revoked_at = ${instantOf(now)}
              where ${own(reach, keyId)} and revoked_at is null and not exists (select 1 from last) returning id),
            noted as (${noted(entry, sql`from done`)})
            select (select count(*) from own) as found, (select count(*) from last) as last`,
        signal,
      )
      if (Number(row?.found ?? 0) === 0) return null
      return Number(row?.last) > 0 ? 'last' : 'revoked'
    },

    touch: async (keyId, at, signal) => {
      await rowsOf(
        sql`update ${table} set last_used_at = ${instantOf(at)}
            where id = ${keyId} and (last_used_at is null or last_used_at < ${instantOf(at)})`,
        signal,
      )
    },
  }
  return book
}

/** Every statement but that of `touch` goes by the workspace. */
const within = ({ accountId, mode }: KeyReach): SQL =>
  mode === null ? sql`workspace_id = ${accountId}` : sql`workspace_id = ${accountId} and mode = ${mode}`

const own = (reach: KeyReach, keyId: string): SQL => sql`id = ${keyId} and ${within(reach)}`

const good = (now: number): SQL =>
  sql`revoked_at is null and (expires_at is null or expires_at > ${instantOf(now)})`

/** Once a row of `where`. */
const made = (key: NewKey, where: SQL = sql``): SQL =>
  sql`insert into ${table} (id, workspace_id, mode, scopes, secret_hash, created_at, expires_at, name)
      select ${key.id}, ${key.accountId}, ${key.mode}, string_to_array(${key.scopes.join(' ')}, ' '),
             decode(${key.secretHash}, 'hex'), ${instantOf(key.createdAt)}, ${instantOrNull(key.expiresAt)},
             ${key.name} ${where}`

const shown = sql`id, name, mode, scopes, replaced_by, ${msOf('created_at')} as created_ms, ${msOf('expires_at')} as expires_ms,
  ${msOf('revoked_at')} as revoked_ms, ${msOf('last_used_at')} as used_ms`

interface Row extends Record<string, unknown> {
  readonly id: string
  readonly name: string
  readonly mode: KeyMode
  readonly scopes: readonly Scope[]
  readonly replaced_by: string | null
  readonly created_ms: string
  readonly expires_ms: string | null
  readonly revoked_ms: string | null
  readonly used_ms: string | null
}

const keyOf = (row: Row): StoredKey => ({
  id: row.id,
  name: row.name,
  mode: row.mode,
  scopes: row.scopes,
  createdAt: Number(row.created_ms),
  expiresAt: msOrNull(row.expires_ms),
  revokedAt: msOrNull(row.revoked_ms),
  lastUsedAt: msOrNull(row.used_ms),
  replacedBy: row.replaced_by,
})
