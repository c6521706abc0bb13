// Who stands behind a key: found by its public half, believed for its secret half, as long as it is good.
import { describe, expect, test } from 'vitest'
import { formatApiKey, parseApiKey, secretHashOf } from '../../src/application/api-key.ts'
import { createWorkspace } from '../../src/application/create-workspace.ts'
import {
  type Caller,
  identifyCaller,
  requireOperator,
  requireOwner,
} from '../../src/application/identify-caller.ts'
import type { KeyRecord } from '../../src/application/ports.ts'
import { toHex } from '../../src/kernel/bytes.ts'
import { systemRandom } from '../../src/kernel/random.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { aTimeline, noon } from '../support/timeline.ts'

const rootKey = 'the root key of these tests, long enough'
const secret = 'abcdefghjkmnpqrstvwxyz01234567890123456'
const apiKey = formatApiKey('live', 'key_0123456789abcdef', secret)

describe('a caller', () => {
  test('without a key is anybody, and nobody is asked about them', async () => {
    const stand = aKeyRing()
    expect(await stand.identify(null)).toEqual({ ok: true, value: { kind: 'anonymous' } })
    expect(stand.asked).toEqual([])
  })

  test('with the root key is the operator, and nobody is asked about them', async () => {
    const stand = aKeyRing()
    expect(await stand.identify(rootKey)).toEqual({ ok: true, value: { kind: 'operator' } })
    expect(stand.asked).toEqual([])
  })

  test('with a key of a workspace is its owner, with the scopes of the key', async () => {
    const stand = aKeyRing()
    expect(await stand.identify(apiKey)).toEqual({
      ok: true,
      value: {
        kind: 'owner',
        keyId: 'key_0123456789abcdef',
        accountId: 'ws_1',
        workspaceId: 'ws_1',
        plan: 'pro',
        mode: 'live',
        scopes: ['polls:write'],
      },
    })
    expect(stand.asked).toEqual(['key_0123456789abcdef'])
  })
})

describe('a key is refused', () => {
  test.each([
    ['that is no key at all', 'hello'],
    ['that is empty', ''],
    ['of another secret', formatApiKey('live', 'key_0123456789abcdef', secret.replace('a', 'b'))],
    ['of another mode than it was made in', formatApiKey('test', 'key_0123456789abcdef', secret)],
    ['that nobody knows', formatApiKey('live', 'key_zzzzzzzzzzzzzzzz', secret)],
    ['with something before it', ` ${apiKey}`],
    ['with something after it', `${apiKey}x`],
    ['in capitals', apiKey.toUpperCase()],
    ['almost the root key', `${rootKey}x`],
  ])('%s', async (_what, presented) => {
    expect(await aKeyRing().identify(presented)).toEqual({ ok: false, refusal: { reason: 'key-invalid' } })
  })

  test('from the moment it was revoked', async () => {
    const stand = aKeyRing({ revokedAt: noon + 1_000 })
    await stand.time.advance(999)
    expect(await stand.identify(apiKey)).toMatchObject({ ok: true })
    await stand.time.advance(1)
    expect(await stand.identify(apiKey)).toMatchObject({ ok: false })
  })

  test('from the moment it expires', async () => {
    const stand = aKeyRing({ expiresAt: noon + 1_000 })
    await stand.time.advance(999)
    expect(await stand.identify(apiKey)).toMatchObject({ ok: true })
    await stand.time.advance(1)
    expect(await stand.identify(apiKey)).toMatchObject({ ok: false })
  })

  test('without asking Postgres where it cannot be one of ours', async () => {
    const stand = aKeyRing()
    await stand.identify('ep_live_tooshort_x')
    await stand.identify(`ep_live_0123456789abcdef_${secret}\u0000`)
    expect(stand.asked).toEqual([])
  })

  test('neither yes nor no while Postgres cannot be asked', async () => {
    const stand = aKeyRing()
    stand.away = true
    await expect(stand.identify(apiKey)).rejects.toBeInstanceOf(Unavailable)
  })
})

describe('a written key', () => {
  test('is read back into its parts', () => {
    expect(parseApiKey(apiKey)).toEqual({ mode: 'live', keyId: 'key_0123456789abcdef', secret })
  })

  test('of a new workspace opens it, with every scope, and is stored only as a hash', async () => {
    const made: KeyRecord[] = []
    const { workspace, apiKey: key } = await createWorkspace({
      workspaces: { create: async (_workspace, record) => void made.push(record) },
      clock: { now: () => noon },
      random: systemRandom,
    })({ name: 'Dev', plan: 'free', retentionDays: null }, AbortSignal.timeout(1_000))
    const [record] = made
    if (record === undefined) throw new Error('no key was made')
    expect(JSON.stringify(record)).not.toContain(parseApiKey(key)?.secret)
    const identify = identifyCaller({
      keyRing: { find: async (id) => (id === record.id ? record : null) },
      clock: { now: () => noon },
      rootKey,
    })
    expect(await identify(key, AbortSignal.timeout(1_000))).toMatchObject({
      ok: true,
      value: { kind: 'owner', workspaceId: workspace.id, plan: 'free', scopes: record.scopes },
    })
    expect(record.scopes).toContain('polls:write')
  })
})

describe('what a route asks of its caller', () => {
  const owner: Caller = {
    kind: 'owner',
    keyId: 'key_1',
    accountId: 'ws_1',
    workspaceId: 'ws_1',
    plan: 'free',
    mode: 'live',
    scopes: ['polls:read'],
  }

  test.each<[string, Caller, string]>([
    ['anybody must show a key', { kind: 'anonymous' }, 'key-required'],
    ['the operator has no polls', { kind: 'operator' }, 'key-invalid'],
    ['an owner needs the scope', owner, 'scope-missing'],
  ])('%s', (_what, caller, reason) => {
    expect(requireOwner(caller, 'polls:write')).toMatchObject({ ok: false, refusal: { reason } })
  })

  test('an owner with the scope is let in', () => {
    expect(requireOwner(owner, 'polls:read')).toEqual({ ok: true, value: owner })
  })

  test('only the operator is an operator', () => {
    expect(requireOperator({ kind: 'operator' })).toEqual({ ok: true, value: null })
    expect(requireOperator({ kind: 'anonymous' })).toMatchObject({
      ok: false,
      refusal: { reason: 'key-required' },
    })
    expect(requireOperator(owner)).toMatchObject({ ok: false, refusal: { reason: 'key-invalid' } })
  })
})

const aKeyRing = (changes: Partial<KeyRecord> = {}) => {
  const time = aTimeline()
  const record: KeyRecord = {
    id: 'key_0123456789abcdef',
    workspaceId: 'ws_1',
    plan: 'pro',
    mode: 'live',
    scopes: ['polls:write'],
    secretHash: toHex(secretHashOf(secret)),
    expiresAt: null,
    revokedAt: null,
    ...changes,
  }
  const stand = {
    time,
    asked: [] as string[],
    away: false,
    identify: (presented: string | null) => identify(presented, AbortSignal.timeout(5_000)),
  }
  const identify = identifyCaller({
    keyRing: {
      find: async (keyId) => {
        stand.asked.push(keyId)
        if (stand.away) throw new Unavailable('postgres')
        return keyId === record.id ? record : null
      },
    },
    clock: time.clock,
    rootKey,
  })
  return stand
}
