// All that a workspace has, as the stores hold it, below every route: what somebody else must not be able to change.
import type { Api } from './api.ts'
import { ownedPollOf } from './owned.ts'

const signal = () => AbortSignal.timeout(20_000)

export const tenantThings = async (api: Api, workspaceId: string) => {
  await api.counting.archived()
  const { boards, postgres } = api.counting
  const pollIds = [...postgres.polls.values()].flatMap((poll) =>
    poll.workspaceId === workspaceId ? [poll.id] : [],
  )
  const polls = []
  for (const id of pollIds.toSorted()) {
    const definition = await boards.find(id, signal())
    const ballots = await postgres.page(id, null, 100, signal())
    const owned = await ownedPollOf(id, workspaceId)
    const invites = await api.invites.list(owned, { after: 0, limit: 100 }, signal())
    polls.push({ definition, ballots, invites })
  }
  const { webhooks, deliveries } = api.webhooks.tables
  const own = <Row extends { readonly workspaceId: string }>(rows: ReadonlyMap<string, Row>) =>
    [...rows.values()].filter((row) => row.workspaceId === workspaceId)
  return {
    polls,
    webhooks: own(webhooks),
    deliveries: own(deliveries),
    actions: api.keys.log.entries.filter((entry) => entry.workspaceId === workspaceId),
    keys: own(api.keys.rows).map(({ lastUsedAt: _used, ...row }) => row),
  }
}
