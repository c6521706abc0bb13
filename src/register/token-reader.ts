// Tokens by which an owner's own accounts vote: JWTs signed with a key of the poll, for the poll, with an end.
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import type { TokenReader } from '../application/ports.ts'
import type { AccountKey } from '../domain/poll/poll.ts'

/** `kid` chooses the key; a token without one is tried with each, so that keys can be rotated with overlap. */
export const tokenReader = (): TokenReader => ({
  subject: async (token, keys, pollId) => {
    const named = keyIdOf(token)
    for (const key of keys) {
      if (named !== null && named !== key.kid) continue
      try {
        const { payload } = await jwtVerify(token, await materialOf(key), {
          algorithms: [key.alg],
          audience: pollId,
          requiredClaims: ['sub', 'exp'],
        })
        // Whatever jose's types say: it does not look at what kind of thing a `sub` is.
        return typeof payload.sub === 'string' ? payload.sub : null
      } catch {
        // not this key's: the next may fit, and if none does the token is not valid
      }
    }
    return null
  },
})

const materialOf = (key: AccountKey) =>
  key.alg === 'EdDSA'
    ? importJWK({ kty: 'OKP', crv: 'Ed25519', x: key.x }, 'EdDSA')
    : new TextEncoder().encode(key.secret)

const keyIdOf = (token: string): string | null => {
  try {
    return decodeProtectedHeader(token).kid ?? null
  } catch {
    return null
  }
}
