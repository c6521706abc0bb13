// Workspaces and their first key: both or neither.
import type { KeyRecord, Workspace, Workspaces } from '../application/ports.ts'
import type { Database } from './database.ts'
import { apiKeys, workspaces as workspaceTable } from './schema.ts'

/** Rejects with `ArchiveRejected` where either id is taken. */
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
})

const workspaceRow = ({ id, name, plan, createdAt }: Workspace): typeof workspaceTable.$inferInsert => ({
  id,
  name,
  plan,
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
