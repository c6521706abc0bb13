// Ballots as the poll's owner reads them: listed, one by one, their texts.
import { createRoute, z } from '@hono/zod-openapi'
import { owned } from '../always.ts'
import { spoken } from '../formats.ts'
import { headers, unkept } from '../headers.ts'
import { ballotPath, paged, pollPath, questionPath } from '../parameters.ts'
import { refusals } from '../refusals.ts'
import { ballotsPage, listedBallot, textsPage } from '../schemas/ballot.ts'
import { owner } from '../security.ts'

const tags = ['Ballots']

const listBallots = createRoute({
  operationId: 'listBallots',
  summary: 'List ballots',
  description:
    'From the archive, which is a moment behind: while the poll is open, `Edgepoll-Archived` on the first page says how far. In the order of ballot ids, which is stable and tells nothing. With `erased` a page looks through 5,000 ballots at most: it may be short, even empty, and still have a `nextCursor`.',
  tags,
  ...owner('ballots:read'),
  method: 'get',
  path: '/v1/polls/{pollId}/ballots',
  request: {
    params: pollPath,
    query: z.object({
      ...paged,
      erased: z
        .enum(['true', 'false'])
        .optional()
        .openapi({ description: 'Only ballots that are erased, or only those that are not.' }),
    }),
  },
  responses: {
    200: {
      description: 'A page of ballots.',
      headers: headers('Edgepoll-Archived', 'Link', ...unkept),
      content: spoken({ schema: ballotsPage, examples: ['ballots-page'] }),
    },
    ...refusals(...owned, 'query-invalid'),
  },
})

const readBallot = createRoute({
  operationId: 'readBallot',
  summary: 'Read a ballot',
  description: 'As the archive has it: one that was cast a moment ago may not be there yet.',
  tags,
  ...owner('ballots:read'),
  method: 'get',
  path: '/v1/polls/{pollId}/ballots/{ballotId}',
  request: { params: ballotPath },
  responses: {
    200: {
      description: 'The ballot.',
      headers: headers(...unkept),
      content: spoken({ schema: listedBallot, examples: ['listed-ballot'] }),
    },
    ...refusals(...owned, 'ballot-not-found', 'query-invalid'),
  },
})

const listTexts = createRoute({
  operationId: 'listTexts',
  summary: 'List what was written',
  description:
    'The answers to a text question, from the archive, in the order of ballot ids. A page looks through 5,000 ballots at most: where few have written it may be short, even empty, and still have a `nextCursor`.',
  tags,
  ...owner('ballots:read'),
  method: 'get',
  path: '/v1/polls/{pollId}/questions/{questionId}/texts',
  request: { params: questionPath, query: z.object(paged) },
  responses: {
    200: {
      description: 'A page of texts.',
      headers: headers('Link', ...unkept),
      content: spoken({ schema: textsPage, examples: ['texts-page'] }),
    },
    ...refusals(...owned, 'question-not-found', 'question-not-text', 'query-invalid'),
  },
})

export const ownerBallotOperations = [listBallots, readBallot, listTexts]
