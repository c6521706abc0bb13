// API keys: issued, listed, renamed, rotated, revoked by who may manage keys.
import { type Context, Hono } from 'hono'
import { requireOwner } from '../../application/identify-caller.ts'
import type { IssuedKey } from '../../application/issue-key.ts'
import { faultsOf } from '../../representation/faults.ts'
import { bodyFormats } from '../../representation/formats.ts'
import { keyBody, keyPatch } from '../../representation/key-body.ts'
import { keyDocument } from '../../representation/key-document.ts'
import { readBody } from '../../representation/read-body.ts'
import { answer } from '../answer.ts'
import { keyed, unkept } from '../cache-policy.ts'
import { signalOf } from '../deadline.ts'
import { type Http, refused } from '../http.ts'
import { bodyLimits } from '../limits.ts'
import { pageAsked, pageEnd } from '../list-query.ts'
import { deedOf } from '../note-write.ts'
import { ownedKey } from '../owned-key.ts'
import { onlyParameters } from '../query.ts'
import { respond } from '../respond.ts'
import { rotationAsked } from '../rotation-asked.ts'

export const keys = new Hono<Http>()
  .post('/', async (c) => {
    const owner = requireOwner(c.get('caller'), 'keys:write')
    if (!owner.ok) return refused(c, owner.refusal)
    const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.plain)
    if (!body.ok) return refused(c, body.refusal)
    const parsed = keyBody.safeParse(body.value)
    if (!parsed.success) return refused(c, { reason: 'key-draft-invalid', errors: faultsOf(parsed.error) })
    const { name, scopes, mode = owner.value.mode } = parsed.data
    const expiresAt = parsed.data.expiresAt == null ? null : Date.parse(parsed.data.expiresAt)
    if (expiresAt !== null && expiresAt <= c.get('services').clock.now())
      return refused(c, { reason: 'key-draft-invalid', errors: [overAlready] })

    const asked = { name, scopes, mode, expiresAt, drawName: c.get('drawName') ?? null }
    const order = { owner: owner.value, deed: deedOf(c), ...asked }
    const issued = await c.get('services').issueKey(order, signalOf(c))
    return issued.ok ? shownOnce(c, issued.value) : refused(c, issued.refusal)
  })

  .get('/', async (c) => {
    const owner = requireOwner(c.get('caller'), 'keys:write')
    if (!owner.ok) return refused(c, owner.refusal)
    const page = pageAsked(c, 'key')
    if (!page.ok) return refused(c, page.refusal)
    const { keys, next } = await c
      .get('services')
      .listKeys({ owner: owner.value, ...page.value }, signalOf(c))
    const { nextCursor, headers } = pageEnd(c, next)
    return answer(c, { data: keys.map(keyDocument), nextCursor }, 200, headers)
  })

  .get('/:keyId', async (c) => {
    const owned = await ownedKey(c, c.req.param('keyId'))
    if (!owned.ok) return refused(c, owned.refusal)
    const parameters = onlyParameters(c)
    if (!parameters.ok) return refused(c, parameters.refusal)
    return answer(c, keyDocument(owned.value.key), 200, keyed)
  })

  .patch('/:keyId', async (c) => {
    const owned = await ownedKey(c, c.req.param('keyId'))
    if (!owned.ok) return refused(c, owned.refusal)
    const body = await readBody(c.req.raw, bodyLimits.other, bodyFormats.pollPatch)
    if (!body.ok) return refused(c, body.refusal)
    const parsed = keyPatch.safeParse(body.value)
    if (!parsed.success) return refused(c, { reason: 'key-draft-invalid', errors: faultsOf(parsed.error) })
    const order = { ...owned.value, deed: deedOf(c), name: parsed.data.name }
    const renamed = await c.get('services').renameKey(order, signalOf(c))
    return renamed.ok ? answer(c, keyDocument(renamed.value), 200, unkept) : refused(c, renamed.refusal)
  })

  .post('/:keyId/rotate', async (c) => {
    const owned = await ownedKey(c, c.req.param('keyId'))
    if (!owned.ok) return refused(c, owned.refusal)
    const asked = await rotationAsked(c, 'key-draft-invalid')
    if (!asked.ok) return refused(c, asked.refusal)
    const order = {
      ...owned.value,
      deed: deedOf(c),
      ...asked.value,
      drawName: c.get('drawName') ?? null,
    }
    const rotated = await c.get('services').rotateKey(order, signalOf(c))
    return rotated.ok ? shownOnce(c, rotated.value) : refused(c, rotated.refusal)
  })

  .delete('/:keyId', async (c) => {
    const owned = await ownedKey(c, c.req.param('keyId'))
    if (!owned.ok) return refused(c, owned.refusal)
    const parameters = onlyParameters(c, ['force'])
    if (!parameters.ok) return refused(c, parameters.refusal)
    const { force = 'false' } = c.req.query()
    if (force !== 'true' && force !== 'false')
      return refused(c, { reason: 'query-invalid', detail: '`force` must be true or false.' })
    const order = { ...owned.value, deed: deedOf(c), force: force === 'true' }
    const revoked = await c.get('services').revokeKey(order, signalOf(c))
    return revoked.ok ? respond(c, null, 204, { 'Cache-Control': 'no-store' }) : refused(c, revoked.refusal)
  })

const overAlready = { pointer: '/expiresAt', detail: 'Must be in the future.' }

const shownOnce = (c: Context<Http>, { key, apiKey }: IssuedKey): Response => {
  const Location = `${new URL(c.req.url).origin}/v1/keys/${key.id}`
  return answer(c, { ...keyDocument(key), apiKey }, 201, { Location, 'Cache-Control': 'no-store' })
}
