import type { DeadLetters } from './dead-letter-ports.ts'

interface Needs {
  readonly deadLetters: Pick<DeadLetters, 'oldest' | 'remove'>
  /** Puts a message into the ballots' queue, as it was. */
  readonly resend: (bodies: readonly unknown[]) => Promise<void>
}

/** A queue takes 256 KB at once, and a letter may be 66 KB. */
const lettersAtOnce = 3

/** Sends the oldest dead letters to the archive again. Repeating it is safe: the archive writes each ballot once. */
export const redriveLetters =
  ({ deadLetters, resend }: Needs) =>
  async (
    { limit }: { readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly redriven: number }> => {
    const letters = await deadLetters.oldest(limit, signal)
    if (letters.length === 0) return { redriven: 0 }
    for (let at = 0; at < letters.length; at += lettersAtOnce) {
      const some = letters.slice(at, at + lettersAtOnce)
      await resend(some.map(({ body }) => body))
      await deadLetters.remove(
        some.map(({ id }) => id),
        signal,
      )
    }
    return { redriven: letters.length }
  }
