// Old and new at once: while versions take over from one another, an edge, an object and the archive may each be a version older
// than whom they speak to. What released versions said is kept in test/data/envelopes; today's take it, and say nothing that the
// newest of those would not understand.
import { describe, expect, test } from 'vitest'
import { openBallotMessage } from '../../src/application/ballot-message.ts'
import { learntNow, released } from '../support/envelopes/files.ts'
import { replay } from '../support/envelopes/replay.ts'
import { heardInASession } from '../support/envelopes/session.ts'
import { breaks, type Shape, shapeOf } from '../support/envelopes/shape.ts'
import type { Said } from '../support/local-counting.ts'

const releases = released()
const newest = releases.at(-1)
if (newest === undefined) throw new Error('no release was recorded')
const today = await heardInASession()

/** What was said to a method, or answered by it. Refusals are apart from what was done: they are read otherwise. */
const callsOf = (said: readonly Said[]): ReadonlyMap<string, readonly Said[]> =>
  Map.groupBy(said, ({ to, method, reply }) => {
    const ok: unknown = Object(reply)['ok']
    return `${to}.${method}${typeof ok === 'boolean' ? ` ${ok ? 'done' : 'refused'}` : ''}`
  })
const byPlace = (said: readonly Said[]): readonly Shape[] =>
  Array.from({ length: Math.max(...said.map(({ args }) => args.length)) }, (_, at) =>
    shapeOf(said.map(({ args }) => args[at]).filter((arg) => arg !== undefined)),
  )

test('the releases that are kept speak both versions of the ballot message', () => {
  const versions = releases.flatMap(({ said }) => messagesIn(said)).map(({ v }) => v)
  expect(new Set(versions)).toEqual(new Set([1, 2]))
})

describe.each(releases)('what $name said', ({ said }) => {
  test('is taken by the objects of today, and answered so that it is understood', async () => {
    const { answered, failed } = await replay(said)
    expect(failed).toEqual([])
    const now = callsOf(answered)
    for (const [call, before] of callsOf(said.filter(({ reply }) => reply !== undefined))) {
      const replies = (now.get(call) ?? []).map(({ reply }) => reply)
      expect(replies.length, `${call} is answered as it was`).toBeGreaterThan(0)
      expect(breaks(shapeOf(before.map(({ reply }) => reply)), shapeOf(replies)), call).toEqual([])
    }
  })

  test('to the archive is opened by the archive of today', () => {
    const messages = messagesIn(said)
    expect(messages.length).toBeGreaterThan(0)
    for (const message of messages) expect(openBallotMessage(message)).toEqual(message)
  })
})

describe('what today’s version says', () => {
  test('is what the newest release has learnt: a version and a method are spoken one release after they are known', () => {
    const { messages, methods } = newest.learnt
    expect(messagesIn(today).filter(({ v }) => !messages.includes(v))).toEqual([])
    const strange = today.filter(({ to, method }) => to !== 'queue' && !methods[to].includes(method))
    expect(strange.map(({ to, method }) => `${to}.${method}`)).toEqual([])
  })

  test('has every member that the newest release was used to, of the kinds that it knew', () => {
    const before = callsOf(newest.said)
    for (const [call, now] of callsOf(today)) {
      const known = before.get(call)
      if (known === undefined) continue // nothing that is relied on; what it may be the test above decides
      for (const [at, shape] of byPlace(known).entries()) {
        const given = byPlace(now)[at]
        if (given === undefined) throw new Error(`${call} has lost its argument ${at}`)
        expect(breaks(shape, given), `${call}, argument ${at}`).toEqual([])
      }
    }
  })

  test('is understood by itself, with every method: one that nobody calls here would be held to nothing', () => {
    const [message] = messagesIn(today)
    const { methods } = learntNow(Object(message))
    const called = new Set(today.map(({ to, method }) => `${to}.${method}`))
    // An entrance for edges of before there were relays, which answers 503.
    const exempt = new Set(['board.fetch'])
    const uncalled = Object.entries(methods)
      .flatMap(([to, names]) => names.map((name) => `${to}.${name}`))
      .filter((name) => !called.has(name) && !exempt.has(name))
    expect(uncalled).toEqual([])
  })

  test('goes on understanding whatever a release has learnt', () => {
    const [message] = messagesIn(today)
    const now = learntNow(Object(message))
    expect(newest.learnt.messages.filter((v) => !now.messages.includes(v))).toEqual([])
    for (const { name, learnt } of releases)
      for (const [to, methods] of Object.entries(learnt.methods))
        expect(
          methods.filter((method) => !now.methods[to as keyof typeof now.methods].includes(method)), // its own names
          `${to} of ${name}`,
        ).toEqual([])
  })
})

describe('the comparison', () => {
  const known = shapeOf([
    { kind: 'a', n: 1, list: [{ x: 1 }], maybe: 2 },
    { kind: 'b', n: 1, list: [] },
  ])
  test.each<[string, object, readonly string[]]>([
    ['more members', { kind: 'a', n: 2, list: [{ x: 1, y: 2 }], more: true }, []],
    ['a member gone', { kind: 'a', list: [] }, ['.n is gone']],
    ['a member gone that was not always there', { kind: 'a', n: 1, list: [] }, []],
    ['another type', { kind: 'a', n: '1', list: [] }, ['.n may be string']],
    ['null where there never was', { kind: 'a', n: null, list: [] }, ['.n may be null']],
    ['a member gone inside a list', { kind: 'a', n: 1, list: [{ y: 1 }] }, ['.list[].x is gone']],
    ['a new word for what it is', { kind: 'c', n: 1, list: [] }, ['.kind may be "c"']],
  ])('finds of %s what it must', (_what, now, found) => {
    expect(breaks(known, shapeOf([now]))).toEqual(found)
  })
})

interface Message {
  readonly v: number
}

function messagesIn(said: readonly Said[]): readonly Message[] {
  return said.filter(({ to }) => to === 'queue').map(({ args: [message] }) => message as Message) // as they were sent
}
