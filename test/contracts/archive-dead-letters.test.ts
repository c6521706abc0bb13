// What the archive promises of messages that died, on a real Postgres through the real driver: kept, whatever is in
// them.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { DeadLetter } from '../../src/application/dead-letter-ports.ts'
import { openDatabase } from '../../src/archive/database.ts'
import { deadLetters } from '../../src/archive/dead-letters.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()
const signal = () => AbortSignal.timeout(20_000)
const letters = () => deadLetters(openDatabase(postgres))
const keep = (...dead: readonly DeadLetter[]) => letters().keep(dead, signal())
const oldest = (limit = 100) => letters().oldest(limit, signal())
const remove = (...ids: readonly string[]) => letters().remove(ids, signal())

beforeEach(() => postgres.query('truncate dead_letters'))

describe('a letter comes back as it was, though in it there is', () => {
  const bodies: Readonly<Record<string, unknown>> = {
    'U+0000': { v: 1, ballots: [{ answers: { why: 'a\0b', '\0': 'c' } }] },
    'half a surrogate pair': { why: ['\ud83d', '\ude00 and \ud83d'], '\udfff': 1 },
    'JSON that looks escaped': { why: '\\u0000 \\\\u0000 "\\" \\' },
    'a field called __proto__': JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
    'what a person writes': { why: `because 🍕👩‍👩‍👧‍👦 "it's" $1 \u2028\r\n\t; drop table dead_letters;` },
    'no object at all': 'just text',
    'a number': 1e300,
    nothing: null,
  }
  test.each(Object.entries(bodies))('%s', async (_, body) => {
    const letter = aLetter('poll_a:0:1', { body })
    await keep(letter)
    const [found] = await oldest()
    expect(found).toEqual(letter)
    expect(JSON.stringify(found?.body)).toBe(JSON.stringify(body))
  })

  test('the like in its id', async () => {
    const ids = ['a,b', '{a}', '"a"', 'a\\', "a'b", 'a\0', '\ud83d', 'null', '', ' a ', '🍕\n']
    await keep(...ids.map((id) => aLetter(id)))
    expect((await oldest()).map(({ id }) => id).sort()).toEqual(ids.toSorted())
    await remove(...ids)
    expect(await oldest()).toEqual([])
  })
})

describe('a letter that dies again', () => {
  test('is one letter: the newest', async () => {
    await keep(aLetter('again', { body: 'first', diedAt: 1_000 }))
    await keep(aLetter('again', { body: 'second', diedAt: 2_000 }))
    await keep(aLetter('again', { body: 'first, late', diedAt: 1_500 }))
    expect(await oldest()).toEqual([aLetter('again', { body: 'second', diedAt: 2_000 })])
  })

  test('in the same batch is one letter too', async () => {
    const [first, second] = [
      aLetter('again', { body: 1 }),
      aLetter('again', { body: 2, diedAt: 1_795_560_000_124 }),
    ]
    await keep(second, first, aLetter('other'))
    expect(await oldest()).toEqual([aLetter('other'), second])
  })
})

test('the oldest come first, those of one moment in the order of their ids, up to a limit', async () => {
  await keep(aLetter('c', { diedAt: 2 }), aLetter('b', { diedAt: 2 }), aLetter('z', { diedAt: 1 }))
  expect((await oldest()).map(({ id }) => id)).toEqual(['z', 'b', 'c'])
  expect((await oldest(2)).map(({ id }) => id)).toEqual(['z', 'b'])
})

describe('removing', () => {
  test('takes out those that are named and no others; unknown ones are gone already', async () => {
    await keep(aLetter('a'), aLetter('b'), aLetter('c'))
    await remove('a', 'c', 'never-was')
    await remove('a', 'c')
    expect((await oldest()).map(({ id }) => id)).toEqual(['b'])
  })

  test('is one statement with one parameter, and so is keeping', async () => {
    const many = Array.from({ length: 500 }, (_, at) => aLetter(`letter_${at}`))
    const fetched = vi.spyOn(globalThis, 'fetch')
    await keep(...many)
    await remove(...many.map(({ id }) => id))
    for (const call of fetched.mock.calls)
      expect(JSON.parse(String(call[1]?.body))).toMatchObject({
        queries: [{ params: ['30000'] }, { params: [expect.any(String)] }],
      })
    expect(fetched).toHaveBeenCalledTimes(2)
    fetched.mockRestore()
    expect(await oldest()).toEqual([])
  })
})

test('no letters ask nothing of Postgres', async () => {
  const nowhere = deadLetters(openDatabase({ url: postgres.url, endpoint: 'http://127.0.0.1:1/sql' }))
  await nowhere.keep([], signal())
  await nowhere.remove([], signal())
})

const aLetter = (id: string, but: Partial<DeadLetter> = {}): DeadLetter => ({
  id,
  body: { v: 1 },
  diedAt: 1_795_560_000_123,
  ...but,
})
