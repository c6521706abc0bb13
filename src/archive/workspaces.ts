// Workspaces, and with a new one its first key: both or neither.
import { eq } from 'drizzle-orm'
import type { KeyRecord, Workspace, WorkspaceChange, Workspaces } from '../application/ports.ts'
import type { Database } from './database.ts'
import { apiKeys, workspaces as workspaceTable } from './schema.ts'

/** `create` rejects with `ArchiveRejected` where either id is taken. */
export const workspaces = (database: Database): Workspaces => ({
  create: async (workspace, key, signal) => {
    await database.run((postgres) => {
      const made = postgres
        .$with('made')
        .as(
          postgres
            .insert(workspaceTable)
            .values(workspaceRow(workspace))
            .returning({ id: workspaceTable.id }),
        )
      return postgres.with(made).insert(apiKeys).values(keyRow(workspace, key))
    }, signal)
  },
  find: async (workspaceId, signal) => {
    const [row] = await database.run(
      (postgres) => postgres.select().from(workspaceTable).where(eq(workspaceTable.id, workspaceId)),
      signal,
    )
    return row === undefined ? null : workspaceOf(row)
  },
  change: async (workspaceId, change, signal) => {
    const named = namedIn(change)
    if (named === null) return workspaces(database).find(workspaceId, signal)
    const [row] = await database.run(
      (postgres) =>
        postgres.update(workspaceTable).set(named).where(eq(workspaceTable.id, workspaceId)).returning(),
      signal,
    )
    return row === undefined ? null : workspaceOf(row)
  },
})

/** null: nothing, which is no statement. */
const namedIn = ({ name, retentionDays }: WorkspaceChange) =>
  name === undefined && retentionDays === undefined
    ? null
    : { ...(name !== undefined && { name }), ...(retentionDays !== undefined && { retentionDays }) }

const workspaceOf = ({ createdAt, ...row }: typeof workspaceTable.$inferSelect): Workspace => ({
  ...row,
  createdAt: createdAt.getTime(),
})

const workspaceRow = ({
  id,
  name,
  plan,
  retentionDays,
  createdAt,
}: Workspace): typeof workspaceTable.$inferInsert => ({
  id,
  name,
  plan,
  retentionDays,
  createdAt: new Date(createdAt),
})

const keyRow = (workspace: Workspace, key: KeyRecord): typeof apiKeys.$inferInsert => ({
  id: key.id,
  workspaceId: workspace.id,
  mode: key.mode,
  scopes: key.scopes,
  secretHash: key.secretHash,
  createdAt: new Date(workspace.createdAt),
  expiresAt: key.expiresAt === null ? null : new Date(key.expiresAt),
  revokedAt: key.revokedAt === null ? null : new Date(key.revokedAt),
})
