// The verb of voting: who may, what fits, and what a voter is answered when something beside the ballot fails.
import { describe, expect, test } from 'vitest'
import { type CastOrder, castBallot } from '../../src/application/cast-ballot.ts'
import type { BallotCast } from '../../src/domain/ballot/ballot.ts'
import type { CountingDefinition } from '../../src/domain/poll/counting.ts'
import type { Poll } from '../../src/domain/poll/poll.ts'
import { systemRandom } from '../../src/kernel/random.ts'
import { refuse } from '../../src/kernel/result.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { receiptBook } from '../../src/receipts/receipt-book.ts'
import { aDefinition } from '../support/polls.ts'
import { receiptKey } from '../support/receipt-key.ts'

describe('a ballot', () => {
  test('goes to the box as canonical text under the poll’s own keys, with nothing of the voter in it', async () => {
    const stand = aStation()
    await stand.cast({ voterId: 'somebody-in-particular', answers: { where: 'pizza' } })
    expect(stand.casts[0]).toMatchObject({
      answers: '{"where":["pizza"]}',
      country: 'DE',
      revisionOnly: false,
    })
    expect(JSON.stringify(stand.casts)).not.toContain('somebody')
  })

  test('is answered with a receipt over what the box accepted', async () => {
    const stand = aStation()
    const cast = await stand.cast()
    if (!cast.ok) throw new Error(cast.refusal.reason)
    expect(await receiptBook(receiptKey).verify(cast.value.receipt)).toMatchObject({
      poll: stand.definition.poll.id,
      ballot: cast.value.ballot.id,
      revision: 1,
    })
  })

  test('of a poll that there is not is refused, before anything is looked at', async () => {
    const stand = aStation()
    expect(await stand.cast({ pollId: 'poll_none', answers: { nonsense: 1 } })).toEqual(
      refuse({ reason: 'poll-not-found' }),
    )
  })

  test('of nobody is refused before its answers are looked at', async () => {
    const stand = aStation()
    expect(await stand.cast({ voterId: null, answers: { nonsense: 1 } })).toEqual(
      refuse({ reason: 'voter-id-required' }),
    )
  })

  test('that does not fit never reaches a box', async () => {
    const stand = aStation()
    expect(await stand.cast({ answers: { where: ['nowhere'] } })).toMatchObject({
      ok: false,
      refusal: { reason: 'ballot-invalid', errors: [{ pointer: '/answers/where/0' }] },
    })
    expect(stand.casts).toEqual([])
  })

  test('that a box refuses is refused', async () => {
    const stand = aStation()
    stand.refuseNext = true
    expect(await stand.cast()).toEqual(refuse({ reason: 'already-voted' }))
  })

  test('rejects while the poll cannot be asked about', async () => {
    const stand = aStation()
    stand.away = true
    await expect(stand.cast()).rejects.toBeInstanceOf(Unavailable)
  })
})

describe('a challenge', () => {
  test('is asked for where every voter must be a person', async () => {
    const stand = aStation({ challenge: 'always' })
    expect(await stand.cast()).toEqual(refuse({ reason: 'challenge-required' }))
    expect(await stand.cast({ challengeToken: 'solved' })).toMatchObject({ ok: true })
  })

  test('that was not solved is refused', async () => {
    const stand = aStation({ challenge: 'always' })
    expect(await stand.cast({ challengeToken: 'guessed' })).toEqual(refuse({ reason: 'challenge-failed' }))
  })

  test('is not spent on a ballot that does not fit', async () => {
    const stand = aStation({ challenge: 'always' })
    await stand.cast({ challengeToken: 'solved', answers: {} })
    expect(stand.challenged).toEqual([])
  })

  test('is asked of networks that have become suspect, and of no others', async () => {
    const stand = aStation({ challenge: 'suspicious' })
    stand.suspects.add('192.0.2.0/24')
    expect(await stand.cast({ address: '192.0.2.77' })).toEqual(refuse({ reason: 'challenge-required' }))
    expect(await stand.cast({ address: '198.51.100.1' })).toMatchObject({ ok: true })
  })

  test('is never asked for where it is off', async () => {
    const stand = aStation()
    stand.suspects.add('192.0.2.0/24')
    expect(await stand.cast({ address: '192.0.2.77' })).toMatchObject({ ok: true })
    expect(stand.noted).toEqual([])
  })
})

describe('counting new voters of a network', () => {
  test('is done for ballots that were accepted, and for no repeats', async () => {
    const stand = aStation({ challenge: 'suspicious' })
    await stand.cast({ address: '192.0.2.77' })
    stand.kind = 'replayed'
    await stand.cast({ address: '192.0.2.77' })
    expect(stand.noted).toEqual(['192.0.2.0/24'])
  })

  test('that fails takes nothing from a ballot that is in its box', async () => {
    const stand = aStation({ challenge: 'suspicious' })
    stand.note = () => Promise.reject(new Error('the limiter is away'))
    expect(await stand.cast()).toMatchObject({ ok: true, value: { kind: 'accepted' } })
  })
})

const aStation = (changes: Partial<Poll> = {}) => {
  const definition: CountingDefinition = aDefinition(changes)
  const stand = {
    definition,
    casts: [] as BallotCast[],
    challenged: [] as string[],
    suspects: new Set<string>(),
    noted: [] as string[],
    refuseNext: false,
    away: false,
    kind: 'accepted' as 'accepted' | 'replayed',
    note: async (network: string): Promise<void> => void stand.noted.push(network),
    cast: (order: Partial<CastOrder> = {}) =>
      verb({ ...anOrder, pollId: definition.poll.id, ...order }, AbortSignal.timeout(5_000)),
  }
  const verb = castBallot({
    pollBook: {
      find: async (pollId) => {
        if (stand.away) throw new Unavailable('the scoreboard')
        return pollId === definition.poll.id ? definition : null
      },
    },
    ballotBoxes: {
      cast: async ({ poll }, cast) => {
        stand.casts.push(cast)
        if (stand.refuseNext) return refuse({ reason: 'already-voted' })
        const ballot = {
          id: 'bal_1',
          pollId: poll.id,
          revision: 1,
          castAt: 0,
          shard: 0,
          seq: 1,
          commitment: 'ab',
        }
        return { ok: true, value: { kind: stand.kind, ballot } }
      },
    },
    receipts: receiptBook(receiptKey),
    tokens: { subject: async () => null },
    challenges: {
      passed: async (token) => {
        stand.challenged.push(token)
        return token === 'solved'
      },
    },
    suspicion: {
      suspects: (_pollId, network) => stand.suspects.has(network),
      note: (_pollId, network) => stand.note(network),
    },
    random: systemRandom,
  })
  return stand
}

const anOrder: Omit<CastOrder, 'pollId'> = {
  answers: { where: ['pizza'] },
  revisionOnly: false,
  voterId: 'a-voter-of-these-tests',
  idempotencyKey: null,
  address: '192.0.2.1',
  inviteCode: null,
  voterToken: null,
  challengeToken: null,
  country: 'DE',
  region: 'EU',
}
