// Objects whose members a client names. Not a `z.record`, which leaves out `__proto__`, and a question or a label may be
// called that.
import * as z from 'zod'

/** Any values. */
export const anyMembers = z.custom<Readonly<Record<string, unknown>>>(
  (given) => typeof given === 'object' && given !== null && !Array.isArray(given),
  'Must be an object.',
)

export const stringMembers = anyMembers.transform((given, context): Readonly<Record<string, string>> => {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string')
      context.addIssue({ code: 'custom', path: [name], message: 'Must be a string.' })
  }
  return given as Readonly<Record<string, string>> // or it has just been refused
})
