// How owners read what they wrote, told of every operation that has to do with it: writes by the table of them, reads by name.
import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import { ownerWrites } from '../owner-writes.ts'
import { headers } from './headers.ts'

/** Reads that a replica may answer by a token. Exports and usage name the moment themselves. */
const replicated: ReadonlySet<string> = new Set([
  ...['listPolls', 'listBallots', 'readBallot', 'listTexts'],
  ...['readTimeline', 'readBreakdown', 'listInvites', 'readAuditLog'],
  ...['listWebhooks', 'listDeliveries'],
])

const written: ReadonlySet<string> = new Set(
  ownerWrites
    .filter(({ scope }) => scope !== null)
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`),
)

const readAfter = z.string().optional().openapi({
  description:
    'The `Edgepoll-Written` of an answer: what is read is at least as new as that write. Without it, too; with it a read replica may answer, which takes load off the database that is written to. What came after that write it may not have yet; `Edgepoll-Archived` says what the primary has.',
  example: 'main=0/16B3748',
})

/** The operation with its headers. */
export const withFreshness = (operation: RouteConfig): RouteConfig => {
  if (replicated.has(operation.operationId ?? ''))
    return {
      ...operation,
      request: { ...operation.request, headers: z.object({ 'Edgepoll-Read-After': readAfter }) },
    }
  if (!written.has(`${operation.method} ${operation.path}`)) return operation
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    '$ref' in response || !/^2/.test(status)
      ? response
      : { ...response, headers: { ...Object(response.headers), ...headers('Edgepoll-Written') } },
  ])
  return { ...operation, responses: Object.fromEntries(responses) }
}
