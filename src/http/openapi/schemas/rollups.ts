// Timelines and breakdowns.
import { z } from '@hono/zod-openapi'
import { named } from '../words.ts'
import { pollId, time } from './scalars.ts'

const asOf = time.describe('When it was read.')
const votes = z.int().min(0).describe('How many ballots chose it.')
const country = z
  .string()
  .regex(/^[A-Z][A-Z0-9]$/)
  .nullable()
  .describe('ISO 3166-1; null: not known.')
const questionId = z.string().describe('The question.')
const optionId = z.string().describe('The option; of a rating or score, the number.')

export const timeline = named(
  'Timeline',
  z.object({
    pollId,
    asOf,
    interval: z.enum(['minute', 'hour', 'day']).describe('How much time a point stands for.'),
    data: z
      .array(
        z.object({
          at: time.describe('When the interval begins.'),
          ballots: z.int().min(1).describe('How many were cast in it.'),
        }),
      )
      .describe('Oldest first.'),
    nextCursor: z.string().nullable().describe('The `cursor` of the next page; null: this is the last.'),
  }),
  { description: 'When ballots were cast.' },
)

const countryRow = z.object({
  country,
  ballots: z.int().min(1).describe('How many came from there.'),
  questions: z
    .array(
      z.object({
        id: questionId,
        options: z.array(z.object({ id: optionId, votes })).describe('All there are, in the poll’s order.'),
      }),
    )
    .describe('All but those for texts.'),
})

const optionRow = z.object({
  questionId,
  optionId,
  votes,
  countries: z.array(z.object({ country, votes })).describe('Where they came from, most first.'),
})

export const breakdown = named(
  'Breakdown',
  z.object({
    pollId,
    asOf,
    by: z.enum(['country', 'option']).describe('What the rows are.'),
    data: z
      .union([z.array(countryRow), z.array(optionRow)])
      .describe('Countries with most ballots first, or options in the poll’s order.'),
  }),
  { description: 'Who answered what where.' },
)
