// Turnstile: asks its siteverify whether a challenge was solved (developers.cloudflare.com/turnstile).
import type { ChallengeVerifier } from '../application/ports.ts'
import { Unavailable } from '../kernel/unavailable.ts'

interface Config {
  /** The siteverify endpoint: Cloudflare's, or the local one that answers the published test secrets. */
  readonly url: string
  readonly secret: string
}

/** Rejects with `Unavailable` when siteverify cannot be asked: a voter is then told to come again, not let in. */
export const turnstile = ({ url, secret }: Config): ChallengeVerifier => ({
  passed: async (token, address, signal) => {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ secret, response: token, remoteip: address }),
        signal,
      })
      const { success } = await answer.json<{ success?: unknown }>()
      return success === true
    } catch (cause) {
      throw new Unavailable('the challenge', cause)
    }
  },
})
