// A webhook for its owner, in the order of refusals that the contract fixes: no key, no such webhook, not with this key.
import type { Context } from 'hono'
import { type Owner, requireKey, requireScope } from '../application/identify-caller.ts'
import type { Webhook } from '../application/webhook-ports.ts'
import type { Refusal } from '../domain/refusal.ts'
import { accept, type Result } from '../kernel/result.ts'
import { signalOf } from './deadline.ts'
import type { Http } from './http.ts'

export const ownedWebhook = async (
  c: Context<Http>,
  webhookId: string,
): Promise<Result<{ readonly owner: Owner; readonly webhook: Webhook }, Refusal>> => {
  const owner = requireKey(c.get('caller'))
  if (!owner.ok) return owner
  const webhook = await c.get('services').readWebhook({ owner: owner.value, webhookId }, signalOf(c))
  if (!webhook.ok) return webhook
  const allowed = requireScope(owner.value, 'webhooks:write')
  return allowed.ok ? accept({ owner: owner.value, webhook: webhook.value }) : allowed
}
