// Whose data a key works on. A test key has a tenant of its own, so that whatever goes by the workspace (polls, lists, quotas,
// usage, webhooks) is apart from what live keys see without a condition that could be forgotten.
import type { KeyMode } from './ports.ts'

const mark = '_test'

/** The id that data goes by: the workspace's own, and another for its tests. */
export const tenantOf = (accountId: string, mode: KeyMode): string =>
  mode === 'test' ? accountId + mark : accountId

/** Of a tenant. A workspace's own id never ends like this: it is `ws_` and base32. */
export const modeOf = (tenantId: string): KeyMode => (tenantId.endsWith(mark) ? 'test' : 'live')

/** The workspace that a tenant is of. */
export const accountOf = (tenantId: string): string =>
  tenantId.endsWith(mark) ? tenantId.slice(0, -mark.length) : tenantId
