// An owner's call takes from its key and its workspace; a voter is bounded by voter and poll.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { admission } from '../../src/admission/admission.ts'
import { attemptsPerMinute, ballotAttempts } from '../../src/admission/ballot-attempts.ts'
import { callCost, dearest } from '../../src/admission/call-cost.ts'
import { planTerms } from '../../src/application/plan-terms.ts'
import { plans, scopes } from '../../src/application/ports.ts'
import { quotaOf, signal } from './limits.ts'

const owner = (keyId: string, workspaceId: string) =>
  ({ kind: 'owner', keyId, accountId: workspaceId, workspaceId, plan: 'free', mode: 'live', scopes }) as const

describe('an owner’s call', () => {
  const parts = (keyQuota: number, workspaceQuota: number) => ({
    byKey: quotaOf(keyQuota),
    byWorkspace: quotaOf(workspaceQuota),
    ballots: ballotAttempts({ now: () => 0 }),
  })

  it('takes its cost from the key and from the workspace, and tells the smaller rest of the plan’s quota', async () => {
    const { ownerCall } = admission(parts(100, 600))
    expect(await ownerCall(owner('key_a', 'ws_a'), 10, signal())).toMatchObject({
      allowed: true,
      quota: 600,
      remaining: 90,
    })
  })

  it('of a key that has run out leaves the other keys of its workspace in', async () => {
    const { ownerCall } = admission(parts(2, 600))
    const call = (keyId: string) => ownerCall(owner(keyId, 'ws_a'), 1, signal())
    const answers = [await call('key_a'), await call('key_a'), await call('key_a'), await call('key_b')]
    expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false, true])
  })

  it('of a workspace that has run out leaves other workspaces in', async () => {
    const { ownerCall } = admission(parts(600, 1))
    const call = (keyId: string, workspaceId: string) => ownerCall(owner(keyId, workspaceId), 1, signal())
    const answers = [await call('key_a', 'ws_a'), await call('key_b', 'ws_a'), await call('key_c', 'ws_b')]
    expect(answers.map(({ allowed }) => allowed)).toEqual([true, false, true])
  })

  it('costs what it makes others do', () => {
    expect([
      callCost('GET', '/v1/polls/poll_x/results'),
      callCost('GET', '/v1/polls'),
      callCost('POST', '/v1/polls'),
      callCost('GET', '/v1/polls/poll_x/export'),
      callCost('POST', '/v1/polls/poll_x/invites'),
    ]).toEqual([1, 2, 2, 10, 5])
  })
})

describe('a voter', () => {
  it('may try so often a minute at a poll, and is not kept from another', () => {
    let now = 0
    const { refusedUntil } = ballotAttempts({ now: () => now })
    const tries = Array.from({ length: attemptsPerMinute }, () => refusedUntil('poll_a', 'voter'))
    expect(tries.every((refused) => refused === null)).toBe(true)
    expect(refusedUntil('poll_a', 'voter')).toBe(60_000)
    expect(refusedUntil('poll_b', 'voter')).toBe(null)
    expect(refusedUntil('poll_a', 'another')).toBe(null)
    now = 60_000
    expect(refusedUntil('poll_a', 'voter')).toBe(null)
  })
})

describe('the table of plans', () => {
  it('has room for the dearest call in every plan', () => {
    for (const plan of plans) expect(planTerms[plan].callsPerMinute).toBeGreaterThan(dearest)
  })

  it('gives a plan nothing less than the one before it', () => {
    const rows = plans.map((plan) => {
      const { callsPerMinute, polls, shards, webhooks, viewers, key } = planTerms[plan]
      const most = polls ?? Number.POSITIVE_INFINITY
      return [callsPerMinute, most, shards, webhooks, viewers, key.burst, key.perSecond]
    })
    for (const [at, row] of rows.entries())
      for (const [column, value] of row.entries())
        expect(value).toBeGreaterThanOrEqual(rows[at - 1]?.[column] ?? 0)
  })

  it('is what the platform’s limiters are set to, in every environment', () => {
    const stanza =
      /name = "OWNER_CALLS_(\w+)"\nnamespace_id = "(\d+)"\nsimple = \{ limit = (\d+), period = 60 \}/g
    const found = [...readFileSync('wrangler.toml', 'utf8').matchAll(stanza)]
    const quotas = new Map(plans.map((plan) => [plan.toUpperCase(), planTerms[plan].callsPerMinute]))
    expect(found).toHaveLength(plans.length * 4)
    expect(new Set(found.map(([, , namespace]) => namespace)).size).toBe(found.length)
    for (const [, name = '', , limit] of found)
      expect([name, Number(limit)]).toEqual([name, quotas.get(name)])
  })

  it('is the table of docs/design/surge.md', () => {
    const page = readFileSync('docs/design/surge.md', 'utf8')
    for (const plan of plans) {
      const { callsPerMinute, key, polls, shards, webhooks, viewers } = planTerms[plan]
      const number = (value: number) => value.toLocaleString('en-US')
      const row = [
        number(callsPerMinute),
        number(key.burst),
        number(key.perSecond),
        polls === null ? '–' : number(polls),
        number(shards),
        number(webhooks),
        number(viewers),
      ]
      expect(page).toContain(`| \`${plan}\` | ${row.join(' | ')} |`)
    }
  })
})
