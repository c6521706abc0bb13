// How long a secret that is replaced is still good, as the body of the request says.
import type { Context } from 'hono'
import type { Fault } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { faultsOf } from '../representation/faults.ts'
import { bodyFormats } from '../representation/formats.ts'
import { type BodyRefusal, readBody } from '../representation/read-body.ts'
import { rotationBody } from '../representation/rotation-body.ts'
import type { Http } from './http.ts'
import { bodyLimits } from './limits.ts'

/** Without a body it is the usual overlap. `reason` is what a body that does not fit is refused with. */
export const rotationAsked = async <Reason extends string>(
  c: Context<Http>,
  reason: Reason,
): Promise<
  Result<{ readonly overlapMs: number }, BodyRefusal | { reason: Reason; errors: readonly Fault[] }>
> => {
  const body =
    c.req.raw.body === null ? accept({}) : await readBody(c.req.raw, bodyLimits.other, bodyFormats.plain)
  if (!body.ok) return body
  const parsed = rotationBody.safeParse(body.value)
  return parsed.success
    ? accept({ overlapMs: parsed.data.overlapSeconds * 1_000 })
    : refuse({ reason, errors: faultsOf(parsed.error) })
}
