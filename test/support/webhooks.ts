// A webhook as one is made, for tests.
import { type Webhook, webhookEvents } from '../../src/application/webhook-ports.ts'

/** Hears of everything, unless said. */
export const aWebhook = (but: Partial<Webhook> = {}): Webhook => ({
  id: 'whk_a',
  url: 'https://example.com/hook?a=1',
  description: `Grüße "it's"`,
  events: webhookEvents,
  pollId: null,
  generation: 1,
  oldestGeneration: 1,
  previousUntil: null,
  createdAt: 1_795_560_000_123,
  disabledAt: null,
  disabledReason: null,
  ...but,
})
