// Results: one outcome a question, by its kind.
import { z } from '@hono/zod-openapi'
import { listOf, named, orNull } from '../words.ts'
import { count, pollId, time } from './scalars.ts'

const kind = 'What kind of question it is.'
const order = 'In the poll’s order.'

const anyOutcome = {
  id: z.string().describe('The question.'),
  ballots: count.describe('Ballots that answer this question.'),
}

const choice = named(
  'ChoiceOutcome',
  z.object({
    ...anyOutcome,
    type: z.literal('choice').describe(kind),
    options: listOf(
      order,
      z.object({
        id: z.string().describe('The option.'),
        votes: count.describe('Ballots that name it.'),
        share: z
          .number()
          .min(0)
          .max(1)
          .describe(
            'Of this question’s ballots, 4 decimals; also where a ballot may name several. 0 without ballots.',
          ),
      }),
    ),
  }),
  { description: 'How often each option was chosen, in the poll’s order.' },
)

const runoff = named(
  'Runoff',
  z.object({
    winner: z.string().nullable().describe('The option that won; null where no ballot ranks any.'),
    exhausted: count.describe('Ballots that rank none of the options of the last round.'),
    rounds: listOf(
      'In the order they were counted.',
      z.object({
        counts: z
          .record(z.string(), count)
          .describe('Ballots by their most wanted continuing option; continuing options only.'),
        eliminated: z
          .array(z.string())
          .describe('The option that leaves after this round; empty in the last.'),
      }),
    ),
  }),
  {
    description:
      'The option with fewest continuing ballots leaves (ties: fewer points, then later in the list) until one holds a majority of them.',
  },
)

const ranking = named(
  'RankingOutcome',
  z.object({
    ...anyOutcome,
    type: z.literal('ranking').describe(kind),
    options: listOf(
      order,
      z.object({
        id: z.string().describe('The option.'),
        firsts: count.describe('Ballots that rank it first.'),
        points: count.describe(
          'Borda: n−1 for a first of n options, one less for each place after it, 0 unranked.',
        ),
      }),
    ),
    pairwise: listOf(
      order,
      z.object({
        id: z.string().describe('The option.'),
        over: z
          .record(z.string(), count)
          .describe('Ballots that want it rather than each other option, by that option’s id.'),
      }),
    )
      .optional()
      .describe('Who beats whom. Only where it is named: `fields=questions(pairwise)`.'),
    runoff: orNull(runoff, 'Instant runoff; null while a poll with more than 20,000 ranked ballots is open.'),
  }),
  { description: 'How each option was ranked, in the poll’s order.' },
)

const counts = z.array(count)

const rating = named(
  'RatingOutcome',
  z.object({
    ...anyOutcome,
    type: z.literal('rating').describe(kind),
    counts: counts.describe('Ballots a value, from 1 to the scale.'),
    mean: z.number().nullable().describe('4 decimals; null without ballots.'),
  }),
  { description: 'How often each rating was given.' },
)

const nps = named(
  'NpsOutcome',
  z.object({
    ...anyOutcome,
    type: z.literal('nps').describe(kind),
    counts: counts.describe('Ballots a value, from 0 to 10.'),
    score: z
      .int()
      .min(-100)
      .max(100)
      .nullable()
      .describe(
        'Promoters (9–10) less detractors (0–6) in percent of the ballots, rounded; null without ballots.',
      ),
  }),
  { description: 'How likely voters are to recommend.' },
)

const text = named('TextOutcome', z.object({ ...anyOutcome, type: z.literal('text').describe(kind) }), {
  description: 'How many wrote something.',
})

export const results = named(
  'Results',
  z.object({
    pollId,
    version: count.describe(
      'Counts publications: rises, and never falls for one reader. 0 before the first ballot.',
    ),
    asOf: time.describe('When this was published.'),
    final: z
      .boolean()
      .describe('Whether the poll is closed and every box has been counted. A final result never changes.'),
    ballots: count.describe('Ballots that are counted.'),
    erased: count.describe(
      'Of those, how many were erased after the close: their votes stand in the numbers.',
    ),
    questions: listOf(
      order,
      named('QuestionOutcome', z.discriminatedUnion('type', [choice, ranking, rating, nps, text]), {
        description: 'How a question stands.',
      }),
    ),
  }),
  { description: 'How a poll stands.' },
)
