// Results over time and by country: from what the archive counts.
import { createRoute, z } from '@hono/zod-openapi'
import { owned } from '../always.ts'
import { spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { paged, pollPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { breakdown, timeline } from '../schemas/rollups.ts'
import { owner } from '../security.ts'

const tags = ['Results']
const time = (what: string) =>
  z.iso.datetime({ offset: true }).optional().openapi({ description: what, example: '2026-11-24T12:00:00Z' })

const readTimeline = createRoute({
  operationId: 'readTimeline',
  summary: 'Read a timeline',
  description:
    'How many ballots were cast when, oldest first, from the archive, which is a moment behind: `Edgepoll-Archived` on the first page says how far. Intervals begin on the minute, hour or day in UTC; one in which nobody voted is left out. A revised ballot counts when it was revised, an erased one not at all.',
  tags,
  ...owner('results:read'),
  method: 'get',
  path: '/v1/polls/{pollId}/results/timeline',
  request: {
    params: pollPath,
    query: z.object({
      interval: z
        .enum(['minute', 'hour', 'day'])
        .optional()
        .openapi({ description: 'How much time a point stands for.', default: 'hour' }),
      from: time('Only intervals that begin then or later.'),
      to: time('Only intervals that begin before.'),
      limit: z
        .int()
        .min(1)
        .max(1_000)
        .optional()
        .openapi({ description: 'How many points a page.', default: 100 }),
      cursor: paged.cursor,
    }),
  },
  responses: {
    200: {
      description: 'A page of the timeline.',
      headers: headers('Edgepoll-Archived', 'Link', ...unkept),
      content: spoken({ schema: timeline, examples: ['timeline'] }),
    },
    ...refusals(...owned, 'query-invalid'),
  },
})

const readBreakdown = createRoute({
  operationId: 'readBreakdown',
  summary: 'Break results down',
  description:
    'By country: where ballots came from, and what was answered there. By option: what was answered, and where that came from. Of a choice each option counts, of a ranking the first; a rating or score is an option of its own. From the archive, which is a moment behind: `Edgepoll-Archived` says how far. Erased ballots are not in it.',
  tags,
  ...owner('results:read'),
  method: 'get',
  path: '/v1/polls/{pollId}/results/breakdown',
  request: {
    params: pollPath,
    query: z.object({
      by: z
        .enum(['country', 'option'])
        .optional()
        .openapi({ description: 'What the rows are.', default: 'country' }),
    }),
  },
  responses: {
    200: {
      description: 'The whole table.',
      headers: headers('Edgepoll-Archived', ...unkept),
      content: spoken({ schema: breakdown, examples: ['breakdown-by-country', 'breakdown-by-option'] }),
    },
    ...refusals(...owned, 'query-invalid'),
  },
})

export const rollupOperations = [readTimeline, readBreakdown]
