// What a read must have seen: a token that travels with the signal of whoever waits for it, as traces do.

const carried = new WeakMap<AbortSignal, string>()

/** From here on what is read by this signal is at least as new as the token. Losing it on the way costs nothing but a
 *  replica's help: where there is no token the primary is asked. */
export const carryReadAfter = (signal: AbortSignal, token: string | null): void => {
  if (token !== null) carried.set(signal, token)
}

/** null: the reader named none. */
export const readAfterOf = (signal: AbortSignal): string | null => carried.get(signal) ?? null
