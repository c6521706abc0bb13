// The edge's side of the boxes: which object it asks, and what it says when nobody answers.
import { describe, expect, test } from 'vitest'
import { type BoxNamespace, ballotBoxes } from '../../src/ballot-box/client.ts'
import type { CastReply, CastRequest } from '../../src/ballot-box/protocol.ts'
import { ballotIdOf } from '../../src/domain/ballot/ballot-id.ts'
import { shardOf } from '../../src/domain/voter/voter-keys.ts'
import { endsAt } from '../../src/kernel/deadline.ts'
import { refuse } from '../../src/kernel/result.ts'
import { Unavailable } from '../../src/kernel/unavailable.ts'
import { aCast } from '../support/casts.ts'
import { aDefinition } from '../support/polls.ts'
import { noon, settled } from '../support/timeline.ts'

const signal = () => AbortSignal.timeout(5_000)
const definition = aDefinition({ id: 'poll_x', shards: 8 })

describe('casting', () => {
  test('asks the box of the voter’s shard, and no other', async () => {
    const stand = aNamespace()
    for (let at = 0; at < 40; at++) {
      const cast = aCast(definition, `voter-${at}`)
      await stand.boxes.cast(definition, cast, signal(), null)
      const shard = shardOf(cast.voterKey, 8)
      expect(stand.asked.at(-1)).toEqual([`poll_x:${shard}`, 'cast'])
      expect(stand.requests.at(-1)).toMatchObject({ pollId: 'poll_x', shard, sentAt: noon })
    }
    expect(new Set(stand.asked.map(([name]) => name)).size).toBe(8)
  })

  test('makes a box near the voter who comes first', async () => {
    const stand = aNamespace()
    for (const region of ['EU', 'AS', 'XX', null])
      await stand.boxes.cast(definition, aCast(definition, 'ann'), signal(), region)
    expect(stand.hints).toEqual(['weur', 'apac', undefined, undefined])
  })

  test('does not know the outcome when the object fails, is overloaded, or does not answer in time', async () => {
    const stand = aNamespace()
    const unknown = refuse({ reason: 'outcome-unknown' })
    const cast = (patience = signal()) =>
      stand.boxes.cast(definition, aCast(definition, 'ann'), patience, null)
    stand.answer = () => Promise.reject(new Error('Durable Object reset because its code was updated.'))
    expect(await cast()).toEqual(unknown)
    stand.answer = () => {
      throw new Error('Durable Object is overloaded.')
    }
    expect(await cast()).toEqual(unknown)
    stand.answer = () => new Promise(() => {})
    const patience = new AbortController()
    const waiting = cast(patience.signal)
    patience.abort(new Error('no patience'))
    expect(await waiting).toEqual(unknown)
  })

  test('tells the box how long its voter will still wait, as a time that no clock can make wrong', async () => {
    const stand = aNamespace()
    const { signal: request } = new AbortController()
    endsAt(request, noon + 1_000)
    await stand.boxes.cast(definition, aCast(definition, 'ann'), request, null)
    await stand.boxes.cast(definition, aCast(definition, 'bob'), new AbortController().signal, null)
    expect(stand.requests.map(({ patienceMs }) => patienceMs)).toEqual([900, undefined])
  })

  test('is not begun for a voter who has no time left: nothing was done', async () => {
    const stand = aNamespace()
    const { signal: late } = new AbortController()
    endsAt(late, noon)
    for (const over of [late, AbortSignal.abort()])
      expect(await stand.boxes.cast(definition, aCast(definition, 'ann'), over, null)).toEqual(
        refuse({ reason: 'overloaded', retryAfterSeconds: 1 }),
      )
    expect(stand.asked).toEqual([])
  })

  test('is not surprised by an object that fails after its caller has gone', async () => {
    const surprises: unknown[] = []
    const note = (reason: unknown) => void surprises.push(reason)
    process.on('unhandledRejection', note)
    const stand = aNamespace()
    stand.answer = () => Promise.reject(new Error('too late'))
    const caller = new AbortController()
    const waiting = stand.boxes.cast(definition, aCast(definition, 'ann'), caller.signal, null)
    caller.abort(new Error('gone'))
    await waiting
    await settled()
    await settled()
    process.off('unhandledRejection', note)
    expect(surprises).toEqual([])
  })
})

describe('a ballot’s id', () => {
  test('leads to its box and its place there', async () => {
    const stand = aNamespace()
    const id = ballotIdOf(definition.secret, 5, 77)
    await stand.boxes.erase(definition, id, signal())
    await stand.boxes.prove(definition, id, signal())
    expect(stand.asked).toEqual([
      ['poll_x:5', 'erase', 77],
      ['poll_x:5', 'prove', 77],
    ])
  })

  test.each([
    ['of another poll', ballotIdOf(aDefinition().secret, 5, 77)],
    ['of a shard the poll has not', ballotIdOf(definition.secret, 8, 1)],
    ['that is none', 'bal_nonsense'],
    ['that is empty', ''],
    ['that is a little off', `${ballotIdOf(definition.secret, 5, 77).slice(0, -1)}0`],
  ])('%s is nobody’s, and no box is asked', async (_what, id) => {
    const stand = aNamespace()
    expect(await stand.boxes.erase(definition, id, signal())).toEqual(refuse({ reason: 'ballot-not-found' }))
    expect(await stand.boxes.prove(definition, id, signal())).toBeNull()
    expect(stand.asked).toEqual([])
  })
})

test('reading rejects with what the edge knows how to say, whatever the platform throws', async () => {
  const stand = aNamespace()
  stand.answer = () => Promise.reject(new TypeError('anything at all'))
  const address = { pollId: 'poll_x', shard: 0 }
  const reads = [
    stand.boxes.standing(address, signal()),
    stand.boxes.log(address, 0, 10, signal()),
    stand.boxes.checkpoint(address, signal()),
    stand.boxes.prove(definition, ballotIdOf(definition.secret, 0, 1), signal()),
    stand.boxes.find(definition, { ...aCast(definition, 'ann'), invite: null, requestKey: null }, signal()),
  ]
  for (const read of reads) await expect(read).rejects.toBeInstanceOf(Unavailable)
})

/** A namespace whose boxes note what they are asked, and answer as a test says. */
const aNamespace = () => {
  const stand = {
    asked: [] as (readonly unknown[])[],
    requests: [] as CastRequest[],
    hints: [] as (string | undefined)[],
    answer: async (): Promise<unknown> => refuse({ reason: 'already-voted' }) satisfies CastReply,
    get boxes() {
      return ballotBoxes(namespace, { now: () => noon })
    },
  }
  const boxNamed = (name: string) =>
    new Proxy(
      {},
      {
        get: (_box, method: string) => (first: unknown, place?: unknown) => {
          stand.asked.push(typeof place === 'number' ? [name, method, place] : [name, method])
          if (method === 'cast') stand.requests.push(first as CastRequest) // that is what `cast` is given
          return stand.answer()
        },
      },
    )
  const namespace = {
    idFromName: (name: string) => name,
    get: (name: string, options?: { locationHint?: string }) => {
      stand.hints.push(options?.locationHint)
      return boxNamed(name)
    },
  } as BoxNamespace<string> // a box of any method, which is what RPC stubs are
  return stand
}
