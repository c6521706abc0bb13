// MessagePack read by us, against the library that everybody writes it with.
import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { examine } from '../../src/representation/json-model.ts'
import { encodeMsgpack, msgpack } from '../../src/representation/msgpack.ts'
import '../laws/seed.ts'

describe('what the library writes', () => {
  test('is read as what was written, or refused where no format may say it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const written: unknown = JSON.parse(JSON.stringify(value))
        const read = msgpack.decode(encode(written))
        if (examine(written).faults.length > 0) expect(read.ok).toBe(false)
        else expect(read).toEqual({ ok: true, value: written })
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1])(
    '%d and its negative',
    (number) => {
      for (const each of [
        number,
        -number - 1 < -(2 ** 53 - 1) ? -number : -number - 1,
        number + 0.5 > 2 ** 52 ? 0.5 : number + 0.5,
      ])
        expect(msgpack.decode(encode(each))).toEqual({ ok: true, value: each })
    },
  )

  test.each([0, 31, 32, 40, 41, 255, 256, 65_536])('a string and a list of %d', (length) => {
    const text = 'é'.repeat(length)
    const list = Array.from({ length }, (_, at) => at)
    const object = Object.fromEntries(list.map((at) => [`k${at}`, at]))
    for (const each of [text, list, object])
      expect(msgpack.decode(encode(each))).toEqual({ ok: true, value: each })
  })
})

test('what has no value is left out, as in JSON', () => {
  expect(msgpack.decode(encodeMsgpack({ a: undefined, b: null }))).toEqual({ ok: true, value: { b: null } })
})
