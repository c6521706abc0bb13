// Tokens that owners sign for their voters.
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { AccountKey } from '../../src/domain/poll/poll.ts'
import { tokenReader } from '../../src/register/token-reader.ts'

const reader = tokenReader()
const pollId = 'poll_tokens'
const secret = 'a secret of at least thirty-two bytes, please'
const hs256 = (kid: string, text = secret): AccountKey => ({ kid, alg: 'HS256', secret: text })
const signed = (claims: object, kid: string | null = 'one', key: string = secret) =>
  new SignJWT({ sub: 'ada', aud: pollId, exp: 4_000_000_000, ...claims })
    .setProtectedHeader({ alg: 'HS256', ...(kid !== null && { kid }) })
    .sign(new TextEncoder().encode(key))

describe('a voter token', () => {
  it('names its voter when it is signed for this poll and has not expired', async () => {
    expect(await reader.subject(await signed({}), [hs256('one')], pollId)).toBe('ada')
  })

  it.each([
    ['is for another poll', { aud: 'poll_other' }],
    ['has expired', { exp: 1 }],
    ['names nobody', { sub: undefined }],
    ['has no end', { exp: undefined }],
    ['is for nobody in particular', { aud: undefined }],
    ['is not good yet', { nbf: 4_000_000_000 }],
  ])('that %s is not valid', async (_what, claims) => {
    expect(await reader.subject(await signed(claims), [hs256('one')], pollId)).toBeNull()
  })

  it('of another key is not valid, though it has the name of ours', async () => {
    expect(
      await reader.subject(
        await signed({}, 'one', 'some other secret of thirty-two bytes'),
        [hs256('one')],
        pollId,
      ),
    ).toBeNull()
  })

  it('may be signed with an old or a new key while both are there', async () => {
    const keys = [hs256('old', 'the old secret, of thirty-two bytes or so'), hs256('one')]
    expect(
      await reader.subject(
        await signed({}, 'old', 'the old secret, of thirty-two bytes or so'),
        keys,
        pollId,
      ),
    ).toBe('ada')
    expect(await reader.subject(await signed({}, 'one'), keys, pollId)).toBe('ada')
    expect(await reader.subject(await signed({}, null), keys, pollId)).toBe('ada')
    expect(await reader.subject(await signed({}, 'gone'), keys, pollId)).toBeNull()
  })

  it('may be signed with Ed25519, and a public key is never taken for a secret', async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    const { x = '' } = await exportJWK(publicKey)
    const keys: AccountKey[] = [{ kid: 'ed', alg: 'EdDSA', x }]
    const token = await new SignJWT({ sub: 'ada', aud: pollId, exp: 4_000_000_000 })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'ed' })
      .sign(privateKey)
    expect(await reader.subject(token, keys, pollId)).toBe('ada')
    const forged = await new SignJWT({ sub: 'eve', aud: pollId, exp: 4_000_000_000 })
      .setProtectedHeader({ alg: 'HS256', kid: 'ed' })
      .sign(new TextEncoder().encode(x))
    expect(await reader.subject(forged, keys, pollId)).toBeNull()
  })

  it.each(['', 'a', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.'])('%j is none', async (text) => {
    expect(await reader.subject(text, [hs256('one')], pollId)).toBeNull()
  })
})
