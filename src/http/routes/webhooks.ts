// Webhooks: where an owner hears of events, and what became of what was sent there.
import { type Context, Hono } from 'hono'
import { requireOwner } from '../../application/identify-caller.ts'
import type { WebhookShown } from '../../application/manage-webhooks.ts'
import { type DeliveryState, deliveryStates } from '../../application/webhook-ports.ts'
import { accept, refuse } from '../../kernel/result.ts'
import { faultsOf } from '../../representation/faults.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { readBody } from '../../representation/read-body.ts'
import { webhookBody, webhookPatch } from '../../representation/webhook-body.ts'
import { deliveryDocument, webhookDocument } from '../../representation/webhook-document.ts'
import { answer } from '../answer.ts'
import { keyed, unkept } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { pageAsked, pageEnd } from '../list-query.ts'
import { ownedWebhook } from '../owned-webhook.ts'
import { onlyParameters, type QueryRefusal } from '../query.ts'
import { respond } from '../respond.ts'
import { rotationAsked } from '../rotation-asked.ts'

export const webhooks = new Hono<Http>()
  .post('/', async (c) => {
    const owner = requireOwner(c.get('caller'), 'webhooks:write')
    if (!owner.ok) return refused(c, owner.refusal)
    const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.plain)
    if (!body.ok) return refused(c, body.refusal)
    const parsed = webhookBody.safeParse(body.value)
    if (!parsed.success) return refused(c, { reason: 'webhook-invalid', errors: faultsOf(parsed.error) })
    const fault = targetFaultOf(c, parsed.data.url)
    if (fault !== null) return fault

    const order = { owner: owner.value, ...parsed.data, drawName: c.get('drawName') ?? null }
    const made = await c.get('services').createWebhook(order, signalOf(c))
    return made.ok ? secretShown(c, made.value, 201) : refused(c, made.refusal)
  })

  .get('/', async (c) => {
    const owner = requireOwner(c.get('caller'), 'webhooks:write')
    if (!owner.ok) return refused(c, owner.refusal)
    const page = pageAsked(c, 'whk')
    if (!page.ok) return refused(c, page.refusal)
    const order = { owner: owner.value, ...page.value }
    const { webhooks, next } = await c.get('services').listWebhooks(order, signalOf(c))
    const { nextCursor, headers } = pageEnd(c, next)
    return answer(c, { data: webhooks.map(webhookDocument), nextCursor }, 200, headers)
  })

  .get('/:webhookId', async (c) => {
    const owned = await ownedWebhook(c, c.req.param('webhookId'))
    if (!owned.ok) return refused(c, owned.refusal)
    const parameters = onlyParameters(c)
    if (!parameters.ok) return refused(c, parameters.refusal)
    return answer(c, webhookDocument(owned.value.webhook), 200, keyed)
  })

  .patch('/:webhookId', async (c) => {
    const webhookId = c.req.param('webhookId')
    const owned = await ownedWebhook(c, webhookId)
    if (!owned.ok) return refused(c, owned.refusal)
    const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.pollPatch)
    if (!body.ok) return refused(c, body.refusal)
    const parsed = webhookPatch.safeParse(body.value)
    if (!parsed.success) return refused(c, { reason: 'webhook-invalid', errors: faultsOf(parsed.error) })
    const { url, description, events, enabled } = parsed.data
    const fault = url === undefined ? null : targetFaultOf(c, url)
    if (fault !== null) return fault
    const change = {
      ...(url !== undefined && { url }),
      ...(description !== undefined && { description }),
      ...(events !== undefined && { events }),
      ...(enabled !== undefined && { enabled }),
    }
    const order = { owner: owned.value.owner, webhookId, change }
    const changed = await c.get('services').changeWebhook(order, signalOf(c))
    return changed.ok ? answer(c, webhookDocument(changed.value), 200, unkept) : refused(c, changed.refusal)
  })

  .delete('/:webhookId', async (c) => {
    const webhookId = c.req.param('webhookId')
    const owned = await ownedWebhook(c, webhookId)
    if (!owned.ok) return refused(c, owned.refusal)
    const parameters = onlyParameters(c)
    if (!parameters.ok) return refused(c, parameters.refusal)
    const order = { owner: owned.value.owner, webhookId }
    const removed = await c.get('services').removeWebhook(order, signalOf(c))
    return removed.ok ? respond(c, null, 204, { 'Cache-Control': 'no-store' }) : refused(c, removed.refusal)
  })

  .post('/:webhookId/rotate', async (c) => {
    const webhookId = c.req.param('webhookId')
    const owned = await ownedWebhook(c, webhookId)
    if (!owned.ok) return refused(c, owned.refusal)
    const asked = await rotationAsked(c, 'webhook-invalid')
    if (!asked.ok) return refused(c, asked.refusal)
    const order = { owner: owned.value.owner, webhookId, ...asked.value }
    const rotated = await c.get('services').rotateWebhook(order, signalOf(c))
    return rotated.ok ? secretShown(c, rotated.value, 200) : refused(c, rotated.refusal)
  })

  .get('/:webhookId/deliveries', async (c) => {
    const webhookId = c.req.param('webhookId')
    const asked = deliveriesAsked(c)
    if (!asked.ok) {
      // That there is no such webhook goes before what else is wrong.
      const owned = await ownedWebhook(c, webhookId)
      return refused(c, owned.ok ? asked.refusal : owned.refusal)
    }
    const found = await c.get('services').listDeliveries({ ...asked.value, webhookId }, signalOf(c))
    if (!found.ok) return refused(c, found.refusal)
    const { deliveries, next } = found.value
    const { nextCursor, headers } = pageEnd(c, next)
    return answer(c, { data: deliveries.map(deliveryDocument), nextCursor }, 200, headers)
  })

  .post('/:webhookId/deliveries/:deliveryId/redeliver', async (c) => {
    const owned = await ownedWebhook(c, c.req.param('webhookId'))
    if (!owned.ok) return refused(c, owned.refusal)
    const parameters = onlyParameters(c)
    if (!parameters.ok) return refused(c, parameters.refusal)
    const order = { ...owned.value, deliveryId: c.req.param('deliveryId') }
    const again = await c.get('services').redeliver(order, signalOf(c))
    return again.ok ? answer(c, deliveryDocument(again.value), 202, unkept) : refused(c, again.refusal)
  })

const deliveriesAsked = (c: Context<Http>) => {
  const owner = requireOwner(c.get('caller'), 'webhooks:write')
  if (!owner.ok) return owner
  const page = pageAsked(c, 'msg', ['state'])
  if (!page.ok) return page
  const { state } = c.req.query()
  if (state === undefined || isState(state))
    return accept({ owner: owner.value, ...page.value, state: state ?? null })
  const detail = `\`state\` must be one of ${deliveryStates.join(', ')}.`
  return refuse<QueryRefusal>({ reason: 'query-invalid', detail })
}

const isState = (text: string): text is DeliveryState => deliveryStates.some((state) => state === text)

/** The refusal of an address that events may not be sent to; null: they may. */
const targetFaultOf = (c: Context<Http>, url: string): Response | null => {
  const detail = c.get('services').webhookFault(url)
  return detail === null
    ? null
    : refused(c, { reason: 'webhook-invalid', errors: [{ pointer: '/url', detail }] })
}

const secretShown = (c: Context<Http>, { webhook, secret }: WebhookShown, status: 200 | 201): Response => {
  const Location = `${new URL(c.req.url).origin}/v1/webhooks/${webhook.id}`
  const headers = { ...(status === 201 && { Location }), 'Cache-Control': 'no-store' }
  return answer(c, { ...webhookDocument(webhook), secret }, status, headers)
}
