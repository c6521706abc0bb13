// What a browser measured of the voting page.
import { z } from '@hono/zod-openapi'
import { longestSeconds, mostShift } from '../../../representation/vitals-body.ts'

const seconds = (what: string) =>
  z
    .number()
    .min(0)
    .max(longestSeconds)
    .optional()
    .openapi({ description: `${what}, in seconds.` })

export const vitalsDraft = z
  .strictObject({
    cls: z
      .number()
      .min(0)
      .max(mostShift)
      .optional()
      .openapi({ description: 'Cumulative layout shift, without a unit.' }),
    fcp: seconds('First contentful paint'),
    inp: seconds('Interaction to next paint'),
    lcp: seconds('Largest contentful paint'),
    ttfb: seconds('Time to the first byte'),
    vote: seconds('From sending a ballot to its answer, the last try'),
  })
  .openapi({ minProperties: 1, description: 'At least one of them, in at most 512 bytes.' })
