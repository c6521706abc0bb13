// First answers in two stores: a claim is made in both, so that whichever is away later the other knows of it. One suffices.
import type { AnswerStore, Claim, FirstAnswers, Known } from '../application/first-answer-ports.ts'
import { Unavailable } from '../kernel/unavailable.ts'

interface Needs {
  readonly redis: AnswerStore
  readonly postgres: AnswerStore
  /** Keeps the platform from ending what goes on after the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly terms?: {
    /** How long a claim that Redis has waits for Postgres as well. */
    readonly patienceMs: number
    /** How long what is done may take to be kept. */
    readonly keepMs: number
  }
}

const usual = { patienceMs: 1_000, keepMs: 3_000 }
/** Longer answers are kept in Postgres only; characters. */
const mostInRedis = 256 * 1024

export const firstAnswers = ({ redis, postgres, waitUntil, terms = usual }: Needs): FirstAnswers => {
  /** Not the request's own end: what is done must be kept though there was hardly time to do it. */
  const soon = () => AbortSignal.timeout(terms.keepMs)

  const keep = async (claim: Claim, sealed: string): Promise<void> => {
    const far = postgres.keep(claim, sealed, soon())
    waitUntil(far.catch(() => undefined))
    const short = sealed.length <= mostInRedis
    // Redis first: until it has the answer, a repeat would hear there that it is under way.
    const near = short && (await carriedOut(redis.keep(claim, sealed, soon())))
    if (near) return
    await far
    if (!short) await carriedOut(redis.release(claim, soon()))
  }

  const release = async (claim: Claim): Promise<void> => {
    // A store that is away is left with a claim that ends by itself; where both are somebody should hear of it.
    const both = [redis, postgres].map((store) => store.release(claim, soon()))
    await Promise.allSettled(both)
    await Promise.any(both)
  }

  return {
    claim: async (claim, signal) => {
      const near = await asked(redis.claim(claim, signal), signal)
      if (near.there && near.known?.kind === 'answered') return near.known
      const patience = near.there ? AbortSignal.any([signal, AbortSignal.timeout(terms.patienceMs)]) : signal
      const far = await asked(postgres.claim(claim, patience), signal)
      if (near.there && near.known !== null) {
        // Postgres may have the answer that Redis did not take in time. Or nothing: then the claim is not for us there either.
        if (far.there && far.known === null) await carriedOut(postgres.release(claim, signal))
        return far.there && far.known?.kind === 'answered' ? far.known : near.known
      }
      if (far.there && far.known !== null) {
        if (near.there) await carriedOut(redis.release(claim, signal)) // or it ends by itself
        return far.known
      }
      if (!near.there && !far.there) throw new Unavailable('what keeps first answers')
      return {
        kind: 'first',
        keep: (sealed) => keep(claim, sealed),
        release: () => release(claim),
      }
    },
  }
}

const carriedOut = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

/** What a store knows, or that it could not be asked; a bug stays one. */
const asked = async (
  answer: Promise<Known | null>,
  signal: AbortSignal,
): Promise<{ readonly there: true; readonly known: Known | null } | { readonly there: false }> => {
  try {
    return { there: true, known: await answer }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Unavailable || (error instanceof Error && error.name === 'TimeoutError'))
      return { there: false }
    throw error
  }
}
