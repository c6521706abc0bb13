// Sends a ballot. Sending it again is safe: the page's cookie says whose it is, so it counts once.
import type { Answers } from './answers.ts'

export type Casting =
  | { readonly kind: 'counted'; readonly receipt: string }
  | {
      readonly kind: 'refused'
      readonly code: string
      readonly detail: string
      readonly errors: readonly Fault[]
    }

export interface Fault {
  readonly pointer: string
  readonly detail: string
}

export interface Ballot {
  readonly answers: Answers
  readonly inviteCode?: string
  readonly voterToken?: string
}

const TRIES = 4

/** Repeats what is safe to repeat, waiting as long as the server asks. */
export const cast = async (url: string, ballot: Ballot): Promise<Casting> => {
  for (let tried = 1; ; tried++) {
    const answer = await send(url, ballot)
    if (answer !== null && answer.status !== 503 && answer.status !== 429) return settled(answer)
    if (tried === TRIES) return answer === null ? unreachable : settled(answer)
    const asked = Math.min(10, Number(answer?.headers.get('Retry-After')) || 0)
    await new Promise((resume) => setTimeout(resume, asked * 1000 + Math.random() * 500 * 2 ** tried))
  }
}

const unreachable: Casting = { kind: 'refused', code: 'unreachable', detail: '', errors: [] }

const send = (url: string, ballot: Ballot): Promise<Response | null> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(ballot),
    signal: AbortSignal.timeout(15_000),
  }).catch(() => null)

const settled = async (answer: Response): Promise<Casting> => {
  const body = await answer.json().catch(() => ({}))
  if (answer.ok) return { kind: 'counted', receipt: String(body.receipt ?? '') }
  return {
    kind: 'refused',
    code: String(body.code ?? ''),
    detail: String(body.detail ?? body.title ?? 'Your ballot was not accepted.'),
    errors: Array.isArray(body.errors) ? body.errors : [],
  }
}
