// A request with an Idempotency-Key is done once: its repeats get the first answer, to the byte.
import type { Context, MiddlewareHandler } from 'hono'
import { requireOperator, requireOwner } from '../application/identify-caller.ts'
import { toHex } from '../kernel/bytes.ts'
import { hash } from '../kernel/hash.ts'
import { type Result, refuse } from '../kernel/result.ts'
import { readAtMost } from '../representation/read-body.ts'
import { signalOf } from './deadline.ts'
import { type Http, refused } from './http.ts'
import { openAnswer, sealAnswer } from './kept-answer.ts'
import { bodyLimits } from './limits.ts'
import { ownedKey } from './owned-key.ts'
import { ownedPoll } from './owned-poll.ts'
import { ownedWebhook } from './owned-webhook.ts'
import type { OwnerWrite } from './owner-writes.ts'
import { presentedKey } from './presented-key.ts'
import type { AnyRefusal } from './problems.ts'
import { idempotencyKey } from './request-headers.ts'
import { respond } from './respond.ts'

/** Runs around the handler of one route. What is refused did nothing and is not kept: a request that was mended may use the
 *  same key, and so may one that failed. */
export const answerOnce =
  (write: OwnerWrite): MiddlewareHandler<Http> =>
  async (c, next) => {
    const caller = c.get('caller')
    const named = idempotencyKey(c.req.raw.headers)
    if (!named.ok) return instead(c, write, named)
    if (named.value === null || caller.kind === 'anonymous') return next()
    const content = await readAtMost(c.req.raw.clone(), bodyLimits.other)
    if (!content.ok) return instead(c, write, content)

    const { clock, firstAnswers, random, report } = c.get('services')
    const { headers } = c.req.raw
    const { pathname, search } = new URL(c.req.url)
    const actor = caller.kind === 'owner' ? caller.keyId : 'operator'
    const id = toHex(hash('first-answer', actor, `${write.method} ${write.path}`, named.value))
    const fingerprint = toHex(hash(pathname, search, headers.get('content-type') ?? '', content.value))
    const workspaceId = caller.kind === 'owner' ? caller.workspaceId : 'operator'
    const claim = { id, workspaceId, fingerprint, at: clock.now() }
    const claimed = await firstAnswers.claim(claim, signalOf(c))
    // Only who presents the same key and names the same request can open it: a copy of the stores opens nothing.
    const key = hash('sealed-answer', presentedKey(headers) ?? '', named.value)
    if (claimed.kind !== 'first' && claimed.fingerprint !== fingerprint)
      return instead(c, write, refuse({ reason: 'idempotency-key-reused' }))
    if (claimed.kind === 'under-way')
      return instead(c, write, refuse({ reason: 'idempotency-key-in-flight' }))
    if (claimed.kind === 'answered') {
      const first = await openAnswer(key, id, claimed.sealed)
      return respond(c, first.body, first.status, { ...first.headers, 'Idempotency-Replayed': 'true' })
    }

    c.set('drawName', hash('draw-name', presentedKey(headers) ?? '', named.value))
    await next()
    const settled = c.res.ok
      ? claimed.keep(await sealAnswer(key, id, c.res.clone(), random))
      : claimed.release()
    // It is done, whatever becomes of what we keep of it.
    await settled.catch((error: unknown) => report({ type: 'answer-unkept', id, error: String(error) }))
  }

/** A refusal of the key or the content, unless one comes before it in the order of the contract: 401, 404, 403, input. */
const instead = async (
  c: Context<Http>,
  write: OwnerWrite,
  no: { readonly ok: false; readonly refusal: AnyRefusal },
): Promise<Response> => {
  const before = await mayAsk(c, write)
  return refused(c, before.ok ? no.refusal : before.refusal)
}

/** What the handler would ask first. */
const mayAsk = async (c: Context<Http>, { scope }: OwnerWrite): Promise<Result<unknown, AnyRefusal>> => {
  if (scope === null) return requireOperator(c.get('caller'))
  const { pollId, keyId, webhookId } = c.req.param()
  if (pollId !== undefined) return ownedPoll(c, pollId, scope)
  if (keyId !== undefined) return ownedKey(c, keyId)
  if (webhookId !== undefined) return ownedWebhook(c, webhookId)
  return requireOwner(c.get('caller'), scope)
}
