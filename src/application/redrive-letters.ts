import type { DeadLetters } from './ports.ts'

interface Needs {
  readonly deadLetters: Pick<DeadLetters, 'oldest' | 'remove'>
  /** Puts a message into the ballots' queue, as it was. */
  readonly resend: (bodies: readonly unknown[]) => Promise<void>
}

/** Sends the oldest dead letters to the archive again. Repeating it is safe: the archive writes each ballot once. */
export const redriveLetters =
  ({ deadLetters, resend }: Needs) =>
  async (
    { limit }: { readonly limit: number },
    signal: AbortSignal,
  ): Promise<{ readonly redriven: number }> => {
    const letters = await deadLetters.oldest(limit, signal)
    if (letters.length === 0) return { redriven: 0 }
    await resend(letters.map(({ body }) => body))
    await deadLetters.remove(
      letters.map(({ id }) => id),
      signal,
    )
    return { redriven: letters.length }
  }
