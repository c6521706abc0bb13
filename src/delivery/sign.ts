// The headers by which a receiver knows who sent an event, and which. https://www.standardwebhooks.com
import { Webhook as Signer } from 'standardwebhooks'
import type { WebhookSecret } from '../application/manage-webhooks.ts'
import type { Webhook } from '../application/webhook-ports.ts'

interface Signed {
  readonly id: string
  readonly payload: string
  readonly webhook: Pick<Webhook, 'id' | 'generation' | 'previousUntil'>
}

/** One signature a secret that is good now: while a rotation overlaps, two. */
export const signedHeaders = (
  { id, payload, webhook: { generation, previousUntil, ...webhook } }: Signed,
  secretOf: WebhookSecret,
  now: number,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> => {
  const overlaps = generation > 1 && previousUntil !== null && now < previousUntil
  const signatures = (overlaps ? [generation, generation - 1] : [generation]).map((each) =>
    new Signer(secretOf({ ...webhook, generation: each })).sign(id, new Date(now), payload),
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1_000)),
    'webhook-signature': signatures.join(' '),
  }
}
