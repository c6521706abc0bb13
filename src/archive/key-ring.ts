// API keys by their public id, with the plan of their workspace.
import { eq } from 'drizzle-orm'
import type { KeyRecord, KeyRing } from '../application/ports.ts'
import type { Database } from './database.ts'
import { apiKeys, workspaces } from './schema.ts'

export const keyRing = (database: Database): KeyRing => ({
  find: async (keyId, signal) => {
    const [row] = await database.run(
      (postgres) =>
        postgres
          .select({
            id: apiKeys.id,
            workspaceId: apiKeys.workspaceId,
            plan: workspaces.plan,
            mode: apiKeys.mode,
            scopes: apiKeys.scopes,
            secretHash: apiKeys.secretHash,
            expiresAt: apiKeys.expiresAt,
            revokedAt: apiKeys.revokedAt,
          })
          .from(apiKeys)
          .innerJoin(workspaces, eq(workspaces.id, apiKeys.workspaceId))
          .where(eq(apiKeys.id, keyId)),
      signal,
    )
    return row === undefined ? null : keyOf(row)
  },
})

type Found = Pick<KeyRecord, 'id' | 'workspaceId' | 'plan' | 'mode' | 'scopes' | 'secretHash'> & {
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

const keyOf = ({ expiresAt, revokedAt, ...key }: Found): KeyRecord => ({
  ...key,
  expiresAt: expiresAt?.getTime() ?? null,
  revokedAt: revokedAt?.getTime() ?? null,
})
