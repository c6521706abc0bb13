// Examples of webhooks and deliveries, of the poll that the other examples tell of.

export const webhookExamples = ({ pollId, castAt }: { readonly pollId: string; readonly castAt: string }) => {
  const webhook = {
    id: 'whk_0c9bxv4m2q8r7t5w3y1z6n0pgh',
    url: 'https://example.com/hooks/edgepoll',
    description: 'The website',
    events: ['poll.closed', 'ballot.cast'],
    pollId: null,
    enabled: true,
    createdAt: castAt,
    disabledAt: null,
    disabledReason: null,
    previousSecretUntil: null,
  }

  const delivery = {
    id: 'msg_4f1e0c9bd2a75386e94d7f01b2c3a495',
    event: 'poll.closed',
    pollId,
    state: 'pending',
    attempts: 1,
    lastStatus: 500,
    lastError: 'The answer was 500.',
    createdAt: castAt,
    nextAt: castAt,
    deliveredAt: null,
  }

  return {
    'webhook-draft': {
      summary: 'Of two events',
      value: { url: webhook.url, description: webhook.description, events: webhook.events },
    },
    'webhook-patch': { summary: 'Enabled again', value: { enabled: true } },
    'webhook-rotation': { summary: 'An hour', value: { overlapSeconds: 3600 } },
    webhook: { summary: 'Of two events', value: webhook },
    'new-webhook': {
      summary: 'Of two events',
      value: { ...webhook, secret: `whsec_${'C2FVsBQIhrscChlQIMV'.padEnd(43, 'x')}=` },
    },
    'webhook-page': { summary: 'The only page', value: { data: [webhook], nextCursor: null } },
    delivery: { summary: 'Tried once', value: delivery },
    'delivery-page': { summary: 'The only page', value: { data: [delivery], nextCursor: null } },
  }
}
