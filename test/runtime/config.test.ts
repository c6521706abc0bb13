// Configuration, parsed once: what is missing or must not be is said in one sentence, and no secret is in it.
import { describe, expect, it } from 'vitest'
import { addressReader } from '../../src/runtime/addresses.ts'
import { countConfig, edgeConfig } from '../../src/runtime/config.ts'

const env = {
  ENVIRONMENT: 'production',
  DATABASE_URL: 'postgresql://user:hunter2@db.example/edgepoll',
  UPSTASH_REDIS_REST_URL: 'https://redis.example',
  UPSTASH_REDIS_REST_TOKEN: 'token',
  ROOT_KEY: 'ep_root_0123456789abcdef0123456789',
  RECEIPT_KEY: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd', kid: 'one' }),
  WEBHOOK_KEY: 'a-key-of-at-least-thirty-two-characters',
  TURNSTILE_SECRET: '0x4AAAAAAA-a-real-secret',
}

describe('the edge’s configuration', () => {
  it('is taken when it is whole', () => {
    expect(edgeConfig(env)).toMatchObject({
      ENVIRONMENT: 'production',
      TURNSTILE_URL: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
    })
  })

  it.each([
    ['DATABASE_URL', 'mysql://x'],
    ['ROOT_KEY', 'short'],
    ['RECEIPT_KEY', '{}'],
    ['RECEIPT_KEY', 'not json'],
    ['ENVIRONMENT', 'prod'],
    ['TURNSTILE_SECRET', '1x0000000000000000000000000000000AA'],
    ['TURNSTILE_SECRET', '2x0000000000000000000000000000000AA'],
    ['EDGEPOLL_TEST_ADDRESSES', '1'],
    ['EDGEPOLL_SHEDDING', 'off'],
    ['EDGEPOLL_SHEDDING', 'maybe'],
  ])('names %s when it is %s, and shows no value', (name, value) => {
    const said = () => edgeConfig({ ...env, [name]: value })
    expect(said).toThrow(name)
    expect(said).not.toThrow('hunter2')
  })

  it('lets tests stand in for the real thing on a laptop', () => {
    const local = { ...env, ENVIRONMENT: 'local', EDGEPOLL_TEST_ADDRESSES: '1' }
    expect(() =>
      edgeConfig({ ...local, TURNSTILE_SECRET: '1x0000000000000000000000000000000AA' }),
    ).not.toThrow()
  })
})

describe('whether anybody is turned away', () => {
  it('is not to be switched off where people vote', () => {
    for (const ENVIRONMENT of ['staging', 'production'])
      expect(() => countConfig({ ENVIRONMENT, EDGEPOLL_SHEDDING: 'off' })).toThrow('EDGEPOLL_SHEDDING')
  })

  it('can be switched off for a comparison', () => {
    expect(countConfig({ ENVIRONMENT: 'local', EDGEPOLL_SHEDDING: 'off' }).EDGEPOLL_SHEDDING).toBe('off')
    expect(edgeConfig({ ...env, ENVIRONMENT: 'local', EDGEPOLL_SHEDDING: 'off' }).EDGEPOLL_SHEDDING).toBe(
      'off',
    )
  })

  it('is so unless said', () => {
    expect(countConfig({ ENVIRONMENT: 'production' }).EDGEPOLL_SHEDDING).toBe('')
  })
})

describe('the boxes’ configuration', () => {
  it.each(['single', 'held'])(
    'takes a benchmark’s %s commits on a laptop, and nowhere that is served',
    (commit) => {
      const given = (ENVIRONMENT: string) => countConfig({ ENVIRONMENT, BENCH_COMMIT: commit })
      expect(given('local').BENCH_COMMIT).toBe(commit)
      for (const served of ['staging', 'production']) expect(() => given(served)).toThrow('BENCH_COMMIT')
    },
  )
})

describe('the address of a request', () => {
  const chosen = new Headers({ 'CF-Connecting-IP': '203.0.113.9', 'X-Forwarded-For': '203.0.113.10' })

  it('is the platform’s word in production, and never a client’s header', () => {
    const read = addressReader({ ENVIRONMENT: 'production', EDGEPOLL_TEST_ADDRESSES: '' })
    expect(read(chosen)).toBe('203.0.113.9')
  })

  it('is loopback on a laptop, whatever a client says, unless tests may choose', () => {
    expect(addressReader({ ENVIRONMENT: 'local', EDGEPOLL_TEST_ADDRESSES: '' })(chosen)).toBe('127.0.0.1')
    expect(addressReader({ ENVIRONMENT: 'local', EDGEPOLL_TEST_ADDRESSES: '1' })(chosen)).toBe('203.0.113.9')
    expect(addressReader({ ENVIRONMENT: 'local', EDGEPOLL_TEST_ADDRESSES: '1' })(new Headers())).toBe(
      '127.0.0.1',
    )
  })
})
