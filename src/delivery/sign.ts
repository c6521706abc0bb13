// The headers by which a receiver knows who sent an event, and which. https://www.standardwebhooks.com
import { Webhook as Signer } from 'standardwebhooks'
import type { WebhookSecret } from '../application/manage-webhooks.ts'
import type { Webhook } from '../application/webhook-ports.ts'

interface Signed {
  readonly id: string
  readonly payload: string
  readonly webhook: Pick<Webhook, 'id' | 'generation' | 'oldestGeneration' | 'previousUntil'>
}

/** One signature a secret that is good now: while rotations overlap, several. A receiver looks through them for its own. */
export const signedHeaders = (
  { id, payload, webhook: { generation, oldestGeneration, previousUntil, ...webhook } }: Signed,
  secretOf: WebhookSecret,
  now: number,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> => {
  const oldest = previousUntil !== null && now < previousUntil ? oldestGeneration : generation
  const count = Math.min(generation - oldest + 1, mostSignatures)
  const signatures = Array.from({ length: count }, (_, at) => generation - at).map((each) =>
    new Signer(secretOf({ ...webhook, generation: each })).sign(id, new Date(now), payload),
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1_000)),
    'webhook-signature': signatures.join(' '),
  }
}

/** Of whoever rotates over and over the newest. */
const mostSignatures = 8
