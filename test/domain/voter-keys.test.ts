// Whose quota a ballot uses, and which ballot a request is about.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inviteCode, inviteSerial, lastInvite } from '../../src/domain/voter/invite.ts'
import { addressOf, networkOf } from '../../src/domain/voter/network.ts'
import { retrySafe, shardOf, type VoterClaim, voterKeys } from '../../src/domain/voter/voter-keys.ts'
import { toHex } from '../../src/kernel/bytes.ts'
import { aDefinition } from '../support/polls.ts'

const nobody: VoterClaim = {
  voterId: null,
  idempotencyKey: null,
  address: '192.0.2.7',
  inviteCode: null,
  subject: null,
  chance: new Uint8Array(16).fill(7),
}

const keysOf = (definition: ReturnType<typeof aDefinition>, claim: Partial<VoterClaim>) => {
  const keys = voterKeys(definition, { ...nobody, ...claim })
  if (!keys.ok) return keys.refusal.reason
  return { voter: toHex(keys.value.voterKey), ballot: toHex(keys.value.ballotKey), invite: keys.value.invite }
}

describe('a session voter', () => {
  const poll = aDefinition({ dedupe: { by: 'session' } })

  it('is who their Voter-Id says, whatever else they send', () => {
    expect(keysOf(poll, { voterId: 'v1', idempotencyKey: 'a' })).toEqual(
      keysOf(poll, { voterId: 'v1', address: '::1' }),
    )
    expect(keysOf(poll, { voterId: 'v1' })).not.toEqual(keysOf(poll, { voterId: 'v2' }))
  })

  it('must have one', () => {
    expect(keysOf(poll, { idempotencyKey: 'a' })).toBe('voter-id-required')
  })

  it('cannot be linked between polls', () => {
    const other = aDefinition({ dedupe: { by: 'session' } })
    expect(keysOf(poll, { voterId: 'v1' })).not.toEqual(keysOf(other, { voterId: 'v1' }))
  })
})

describe('voters behind one address', () => {
  const poll = aDefinition({ dedupe: { by: 'ip', limit: 3 } })

  it('share a quota and no ballot', () => {
    const one = keysOf(poll, { voterId: 'v1' })
    const other = keysOf(poll, { voterId: 'v2' })
    expect(one).toMatchObject({ voter: (other as { voter: string }).voter })
    expect(one).not.toEqual(other)
  })

  it('without a Voter-Id are told apart by their Idempotency-Key, or not known again at all', () => {
    expect(keysOf(poll, { idempotencyKey: 'a' })).toEqual(keysOf(poll, { idempotencyKey: 'a' }))
    expect(keysOf(poll, { chance: new Uint8Array(16) })).not.toEqual(keysOf(poll, {}))
    expect(retrySafe(poll.poll, nobody)).toBe(false)
    expect(retrySafe(poll.poll, { voterId: null, idempotencyKey: 'a' })).toBe(true)
  })

  it.each([
    ['2001:db8:1:2::7', '2001:db8:1:2:ffff::1', true],
    ['2001:db8:1:2::7', '2001:db8:1:3::7', false],
    ['2001:0db8:0001:0002::7', '2001:DB8:1:2::9', true],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
  ])('%s and %s are one voter: %s', (one, other, same) => {
    expect(addressOf(one) === addressOf(other)).toBe(same)
  })

  it('belong to a network of /24 or /48', () => {
    expect(networkOf('192.0.2.7')).toBe('192.0.2.0/24')
    expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.0/24')
    expect(networkOf('2001:db8:1:2::7')).toBe(networkOf('2001:db8:1:ffff::1'))
    expect(networkOf('::1')).toBe(networkOf('::2'))
  })
})

describe('an invite', () => {
  const poll = aDefinition({ dedupe: { by: 'invite' } })

  it('is valid by computation for every serial, and however people type it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: lastInvite }), (serial) => {
        const code = inviteCode(poll.secret, serial)
        expect(code).toMatch(/^([0-9a-z]{4}-){4}[0-9a-z]{4}$/)
        const typed = ` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')} `
        return inviteSerial(poll.secret, code) === serial && inviteSerial(poll.secret, typed) === serial
      }),
      { seed: 20261124 },
    )
  })

  it('is not valid with any one character changed', () => {
    const code = inviteCode(poll.secret, 1)
    for (const [at, character] of [...code].entries()) {
      if (character === '-') continue
      const wrong = `${code.slice(0, at)}${character === 'x' ? 'y' : 'x'}${code.slice(at + 1)}`
      expect(inviteSerial(poll.secret, wrong)).toBeNull()
    }
  })

  it.each(['', '0', 'not-a-code', '🙂'.repeat(10), 'u'.repeat(20), ' '.repeat(64)])('%j is none', (code) => {
    expect(inviteSerial(poll.secret, code)).toBeNull()
  })

  it('of another poll is none here', () => {
    const other = aDefinition({ dedupe: { by: 'invite' } })
    expect(keysOf(other, { inviteCode: inviteCode(poll.secret, 1) })).toBe('invite-invalid')
  })

  it('that was revoked is refused', () => {
    const inviteOne = inviteCode(poll.secret, 1)
    expect(keysOf(poll, { inviteCode: inviteOne })).toMatchObject({ invite: 1 })
    expect(keysOf({ ...poll, revokedInvites: [1] }, { inviteCode: inviteOne })).toBe('invite-invalid')
    expect(keysOf(poll, {})).toBe('invite-required')
  })
})

describe('an account', () => {
  const poll = aDefinition({ dedupe: { by: 'account', keys: [] } })

  it('is one voter wherever it votes from, and nobody without a valid token', () => {
    expect(keysOf(poll, { subject: 'ada', voterId: 'v1' })).toEqual(
      keysOf(poll, { subject: 'ada', address: '::1' }),
    )
    expect(keysOf(poll, { voterId: 'v1' })).toBe('token-invalid')
  })
})

describe('shards', () => {
  it('share voters out evenly', () => {
    const poll = aDefinition()
    const counts = Array.from({ length: 16 }, () => 0)
    for (let voter = 0; voter < 16_000; voter++) {
      const keys = voterKeys(poll, { ...nobody, voterId: `voter-${voter}` })
      if (!keys.ok) throw new Error(keys.refusal.reason)
      const shard = shardOf(keys.value.voterKey, 16)
      counts[shard] = (counts[shard] ?? 0) + 1
    }
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1_150)
  })
})
