// The shape of `POST /v1/rum`: at most one number a vital, each within what can happen to anybody.
import * as z from 'zod'

export const longestSeconds = 60
export const mostShift = 10

const seconds = z.number().min(0).max(longestSeconds).optional()

export const vitalsBody = z
  .strictObject({
    cls: z.number().min(0).max(mostShift).optional(),
    fcp: seconds,
    inp: seconds,
    lcp: seconds,
    ttfb: seconds,
    vote: seconds,
  })
  .refine((vitals) => Object.keys(vitals).length > 0, 'Must have at least one member.')
