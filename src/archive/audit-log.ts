// The audit log in Postgres: an entry a row, read newest first by tenant.
import { type SQL, sql } from 'drizzle-orm'
import type { AuditEntry, AuditLog } from '../application/audit-ports.ts'
import type { Database } from './database.ts'
import { instantOf, msOf } from './instant.ts'
import { auditLog as table } from './schema.ts'

export const auditLog = (database: Database): AuditLog => ({
  add: async (entry, signal) => {
    await database.run(
      (postgres) => postgres.execute(sql`${noted(entry)} on conflict (id) do nothing`),
      signal,
    )
  },

  list: async ({ workspaceId, limit, after }, signal) => {
    const { rows } = await database.run(
      (postgres) =>
        postgres.execute<Row>(
          // "at" alone would be the column of the answer, which no index knows.
          sql`select id, workspace_id, ${msOf('at')} as at, actor, action, target, request_id from ${table}
              where workspace_id = ${workspaceId}
              ${after === null ? sql`` : sql`and (at, id) < (${instantOf(after.at)}, ${after.id})`}
              order by ${table.at} desc, ${table.id} desc limit ${limit}`,
        ),
      signal,
    )
    return rows.map(entryOf)
  },
})

/** The statement that adds an entry: by itself, or as part of the one that does what it tells of, once a row of `where`. */
export const noted = (entry: AuditEntry, where: SQL = sql``): SQL =>
  sql`insert into ${table} (id, workspace_id, at, actor, action, target, request_id)
      select ${entry.id}, ${entry.workspaceId}, ${instantOf(entry.at)}, ${entry.actor}, ${entry.action}, ${entry.target},
             ${entry.requestId} ${where}`

type Row = Record<'id' | 'workspace_id' | 'at' | 'actor' | 'action' | 'target' | 'request_id', string>

const entryOf = ({ workspace_id, at, request_id, ...row }: Row): AuditEntry => ({
  id: row.id,
  workspaceId: workspace_id,
  at: Number(at),
  actor: row.actor,
  action: row.action,
  target: row.target,
  requestId: request_id,
})
