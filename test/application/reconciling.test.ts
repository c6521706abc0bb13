// Comparing boxes with Postgres: what is only behind is left alone, what differs is sent again, and no poll keeps others from it.
import { describe, expect, test } from 'vitest'
import { auditPoll } from '../../src/application/audit-poll.ts'
import type { Event } from '../../src/application/events.ts'
import type { BoxStanding, ShardAudit } from '../../src/application/ports.ts'
import { redriveLetters } from '../../src/application/redrive-letters.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { reconcileAll, reconcileEach } from '../../src/runtime/reconcile-all.ts'
import { aDefinition } from '../support/polls.ts'
import { nothingCounted } from '../support/rollups.ts'

const signal = () => AbortSignal.timeout(5_000)

describe('a poll', () => {
  test('whose boxes and rows agree is left alone', async () => {
    const stand = anAudit({ boxes: [held(0, 3, 'a'), held(1, 0, 'none')], rows: [held(0, 3, 'a')] })
    expect(await stand.verdicts()).toEqual(['equal', 'equal'])
    expect(stand.resent).toEqual([])
  })

  test('whose archive is behind is left to its boxes, which are still sending', async () => {
    const stand = anAudit({ boxes: [held(0, 3, 'a')], rows: [], standings: [{ seq: 3, archived: 1 }] })
    expect(await stand.verdicts()).toEqual(['behind'])
    expect(stand.resent).toEqual([])
  })

  test('with rows that differ is sent again from the start, that shard only', async () => {
    const stand = anAudit({
      boxes: [held(0, 3, 'a'), held(1, 2, 'b'), held(2, 2, 'c')],
      rows: [held(0, 3, 'a'), held(1, 2, 'other'), held(2, 1, 'c')],
    })
    expect(await stand.verdicts()).toEqual(['equal', 'differs', 'differs'])
    expect(stand.resent).toEqual([
      [1, 0],
      [2, 0],
    ])
  })

  test('with rows that are missing altogether is sent again', async () => {
    const stand = anAudit({ boxes: [held(0, 3, 'a')], rows: [] })
    expect(await stand.verdicts()).toEqual(['differs'])
  })

  test('that takes ballots while it is compared is not taken for one that differs', async () => {
    const stand = anAudit({ boxes: [held(0, 3, 'a')], rows: [held(0, 3, 'a')] })
    // Between the look at Postgres and the look at the box one more ballot was cast and archived.
    stand.meanwhile = () => {
      stand.boxes[0] = held(0, 4, 'b')
      stand.rows[0] = held(0, 4, 'b')
      stand.standings[0] = { seq: 4, archived: 4 }
    }
    expect(await stand.verdicts()).not.toContain('differs')
    expect(stand.resent).toEqual([])
  })

  test('that there is not is refused', async () => {
    const stand = anAudit({ boxes: [], rows: [] })
    expect(await stand.audit('poll_none')).toEqual({ ok: false, refusal: { reason: 'poll-not-found' } })
  })
})

describe('the round over all polls', () => {
  test('takes every poll, page by page', async () => {
    const ids = Array.from({ length: 250 }, (_, at) => `poll_${String(at).padStart(3, '0')}`)
    const stand = aRound(ids)
    await stand.round()
    expect(stand.audited).toEqual(ids)
  })

  test('does not end at a poll that cannot be compared now', async () => {
    const stand = aRound(['poll_a', 'poll_b', 'poll_c'])
    stand.unavailable.add('poll_b')
    await stand.round().catch(() => undefined)
    expect(stand.audited).toEqual(['poll_a', 'poll_b', 'poll_c'])
  })
})

describe('dead letters', () => {
  test('are sent again and then forgotten', async () => {
    const stand = aDesk(['a', 'b'])
    expect(await stand.redrive()).toEqual({ redriven: 2 })
    expect([stand.sent.flat(), stand.letters]).toEqual([[{ id: 'a' }, { id: 'b' }], []])
  })

  test('are kept when the queue does not take them', async () => {
    const stand = aDesk(['a', 'b'])
    stand.down = true
    await expect(stand.redrive()).rejects.toThrow('the queue is down')
    expect(stand.letters).toEqual(['a', 'b'])
  })
})

const held = (shard: number, ballots: number, digest: string): ShardAudit => ({ shard, ballots, digest })

interface Given {
  readonly boxes: readonly ShardAudit[]
  readonly rows: readonly ShardAudit[]
  readonly standings?: readonly Pick<BoxStanding, 'seq' | 'archived'>[]
}

const anAudit = ({
  boxes,
  rows,
  standings = boxes.map(({ ballots }) => ({ seq: ballots, archived: ballots })),
}: Given) => {
  const definition = aDefinition({ shards: boxes.length })
  const stand = {
    boxes: [...boxes],
    rows: [...rows],
    standings: [...standings],
    resent: [] as [number, number][],
    /** Happens once, after Postgres was read and before the first box is. */
    meanwhile: () => {},
    audit: (pollId: string) => verb({ pollId }, signal()),
    async verdicts() {
      const audit = await stand.audit(definition.poll.id)
      if (!audit.ok) throw new Error(audit.refusal.reason)
      return audit.value.shards.map(({ verdict }) => verdict)
    },
  }
  let looked = false
  const betweenLooks = () => {
    if (looked) return
    looked = true
    stand.meanwhile()
  }
  const verb = auditPoll({
    recordsOf: () => ({
      ballotReader: { audit: async () => [...stand.rows] },
      rollupRecords: nothingCounted,
    }),
    pollBook: { find: async (id) => (id === definition.poll.id ? definition : null) },
    ballotBoxes: {
      standing: async (address) => {
        const standing = {
          ...address,
          head: '',
          ballots: 0,
          ...(stand.standings[address.shard] ?? { seq: 0, archived: 0 }),
        }
        betweenLooks()
        return standing
      },
      audit: async ({ shard }) => {
        betweenLooks()
        return stand.boxes[shard] ?? held(shard, 0, 'none')
      },
      resend: async ({ shard }, seq) => void stand.resent.push([shard, seq]),
    },
  })
  return stand
}

test('a database that is away keeps the polls of no other from the round, and is told', async () => {
  const stand = aRound(['poll_a'])
  const away = { audit: async () => [], pollIds: () => Promise.reject(new Unavailable('postgres')) }
  const ballotReaders = [away, { ...away, ...stand.needs.ballotReader }]
  await expect(reconcileEach({ ...stand.needs, ballotReaders })()).rejects.toThrow('postgres')
  expect(stand.audited).toEqual(['poll_a'])
})

const aRound = (ids: readonly string[]) => {
  const stand = {
    audited: [] as string[],
    unavailable: new Set<string>(),
    events: [] as Event[],
    round: () => round(),
  }
  const needs: Parameters<typeof reconcileAll>[0] = {
    ballotReader: {
      pollIds: async (after, limit) => ids.filter((id) => after === null || id > after).slice(0, limit),
    },
    auditPoll: async ({ pollId }) => {
      stand.audited.push(pollId)
      if (stand.unavailable.has(pollId)) throw new Unavailable('the scoreboard')
      return { ok: true, value: { pollId, shards: [], rollups: 'equal' as const } }
    },
    report: (event) => stand.events.push(event),
  }
  const round = reconcileAll(needs)
  return { ...stand, needs }
}

const aDesk = (ids: readonly string[]) => {
  const stand = {
    letters: [...ids],
    sent: [] as (readonly unknown[])[],
    down: false,
    redrive: () => verb({ limit: 100 }, signal()),
  }
  const verb = redriveLetters({
    deadLetters: {
      oldest: async (limit) => stand.letters.slice(0, limit).map((id) => ({ id, body: { id }, diedAt: 0 })),
      remove: async (gone) => {
        stand.letters = stand.letters.filter((id) => !gone.includes(id))
      },
    },
    resend: async (bodies) => {
      if (stand.down) throw new Error('the queue is down')
      stand.sent.push(bodies)
    },
  })
  return stand
}
