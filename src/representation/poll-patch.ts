// A JSON merge patch (RFC 7396) over a poll: the draft that comes out, or why none does.
import type { PollDraft } from '../domain/poll/define-poll.ts'
import type { Poll, PollDefinition } from '../domain/poll/poll.ts'
import type { PollRefusal } from '../domain/refusal.ts'
import { accept, type Result, refuse } from '../kernel/result.ts'
import { faultsOf } from './faults.ts'
import { draftOf, pollDraft } from './poll-draft.ts'
import { time } from './time.ts'

/** Applies the patch to whichever poll is there when it is carried out. Lists are replaced whole, null takes a member
 *  out, which brings its default back. `status` has routes of its own. */
export const patchedDraft =
  (patch: unknown) =>
  (poll: Poll): Result<PollDraft, PollRefusal> => {
    if (!isObject(patch))
      return refuse({ reason: 'poll-invalid', errors: [{ pointer: '', detail: 'Must be an object.' }] })
    if (Object.hasOwn(patch, 'status'))
      return refuse({
        reason: 'poll-invalid',
        errors: [{ pointer: '/status', detail: 'Is changed by POST …/open, …/close and …/archive.' }],
      })
    const parsed = pollDraft.safeParse(merged(documentOf(poll), patch))
    return parsed.success
      ? accept(draftOf(parsed.data))
      : refuse({ reason: 'poll-invalid', errors: faultsOf(parsed.error) })
  }

/** The poll as the body that would make it. */
const documentOf = (poll: Poll): Record<string, unknown> => {
  const {
    title,
    description,
    questions,
    results,
    dedupe,
    revisions,
    challenge,
    allowedOrigins,
    expectedVoters,
    labels,
  } = poll satisfies PollDefinition
  return {
    title,
    description,
    questions,
    results,
    dedupe,
    revisions,
    challenge,
    allowedOrigins,
    expectedVoters,
    labels,
    opensAt: time(poll.opensAt),
    closesAt: time(poll.closesAt),
  }
}

const merged = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return patch
  const result = new Map(Object.entries(isObject(target) ? target : {}))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name)
    else result.set(name, merged(result.get(name), value))
  }
  return Object.fromEntries(result) // defines properties, so that `__proto__` stays a name like any other
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
