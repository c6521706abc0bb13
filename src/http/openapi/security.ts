// Who may ask: nobody in particular, an owner's key with a scope, the operator's key.
import type { Scope } from '../../application/ports.ts'

/** Under `components.securitySchemes`. */
export const securitySchemes = {
  ApiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'ep_live_…',
    description:
      'A key of a workspace, `ep_live_…` or `ep_test_…`. Each operation names the scope it asks for: polls:read, polls:write, results:read, ballots:read, exports:read, webhooks:write, keys:write.',
  },
  ApiKeyHeader: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'The same key, where `Authorization` is taken.',
  },
  RootKey: { type: 'http', scheme: 'bearer', description: 'The operator’s key.' },
} as const

/** A key with this scope. OpenAPI 3.1 takes scopes of bearer tokens as roles. */
export const owner = (scope: Scope) => ({
  security: [{ ApiKey: [scope] }, { ApiKeyHeader: [scope] }],
})

/** Any key of a workspace. */
export const anyKey = { security: [{ ApiKey: [] }, { ApiKeyHeader: [] }] }

export const operator = { security: [{ RootKey: [] }] }

export const anybody = { security: [] }

/** Without a key the public view, with one the owner's. */
export const anybodyOrOwner = { security: [{}, { ApiKey: [] }, { ApiKeyHeader: [] }] }
