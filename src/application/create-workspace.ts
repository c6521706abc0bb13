import { toBase32, toHex } from '../kernel/bytes.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import { formatApiKey, secretHashOf } from './api-key.ts'
import { scopes, type Workspace, type Workspaces } from './ports.ts'

interface Needs {
  readonly workspaces: Pick<Workspaces, 'create'>
  readonly clock: Clock
  readonly random: Random
}

/** Makes a workspace and its first key, which can do everything in it. The key is shown here and never again. */
export const createWorkspace =
  ({ workspaces, clock, random }: Needs) =>
  async (
    { name, plan, retentionDays }: Pick<Workspace, 'name' | 'plan' | 'retentionDays'>,
    signal: AbortSignal,
  ): Promise<{ readonly workspace: Workspace; readonly apiKey: string }> => {
    const createdAt = clock.now()
    const workspace = { id: `ws_${toBase32(random.bytes(16))}`, name, plan, retentionDays, createdAt }
    const id = `key_${toBase32(random.bytes(10))}`
    const secret = toBase32(random.bytes(24))
    const key = {
      id,
      workspaceId: workspace.id,
      plan,
      mode: 'live',
      scopes,
      secretHash: toHex(secretHashOf(secret)),
      expiresAt: null,
      revokedAt: null,
    } as const
    await workspaces.create(workspace, key, signal)
    return { workspace, apiKey: formatApiKey('live', id, secret) }
  }
