// JSON decoded strictly: as JSON.parse does, and never what JSON.parse lets pass. The oracle is the text's own making.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pointerTo } from '../../src/kernel/pointer.ts'
import { decodeJson, json } from '../../src/representation/json.ts'
import '../laws/seed.ts'

/** A JSON text as somebody wrote it, with what is wrong with it. */
interface Written {
  readonly text: string
  readonly wrong: readonly string[]
}

type Build = (path: readonly (string | number)[]) => Written

const leaf =
  (text: string, sound = true): Build =>
  (path) => ({ text, wrong: sound ? [] : [pointerTo(path)] })

const leaves = fc.oneof(
  fc
    .constantFrom(
      '1',
      '-0',
      '1.5',
      '1e2',
      '9007199254740991',
      '-9007199254740991',
      '0.1',
      '5e-324',
      'true',
      'null',
    )
    .map((text) => leaf(text)),
  fc
    .constantFrom(
      '""',
      '"a:b"',
      '"{[,]}"',
      '"\\""',
      '"\\\\"',
      '"\\\\\\""',
      '"\\ud83c\\udf55"',
      '"🍕"',
      '"\\u0001"',
    )
    .map((text) => leaf(text)),
  fc
    .constantFrom(
      '9007199254740992',
      '-9007199254740993',
      '1e400',
      '-1e400',
      '1e300',
      '9007199254740991.9',
      '"\\u0000"',
      '"a\\ud83c"',
      '"\\udf55\\ud83c"',
    )
    .map((text) => leaf(text, false)),
)

/** Names, each with the ways to write it. */
const names = fc.constantFrom(
  ['a', '"a"', '"\\u0061"'],
  ['b', '"b"'],
  ['', '""'],
  ['__proto__', '"__proto__"', '"\\u005f_proto__"'],
  ['a/b~c', '"a/b~c"', '"a\\/b~c"'],
  ['"', '"\\""', '"\\u0022"'],
  ['constructor', '"constructor"'],
)
const named = names.chain(([name = '', ...ways]) => fc.constantFrom(...ways).map((text) => ({ name, text })))
const gap = fc.constantFrom('', ' ', '\n\t')

const written: fc.Arbitrary<Build> = fc.letrec<{ value: Build }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaves,
    fc.tuple(fc.array(tie('value'), { maxLength: 4 }), gap).map(
      ([items, space]): Build =>
        (path) => {
          const built = items.map((item, at) => item([...path, at]))
          return {
            text: `[${space}${built.map(({ text }) => text).join(`${space},`)}${space}]`,
            wrong: built.flatMap(({ wrong }) => wrong),
          }
        },
    ),
    fc.tuple(fc.array(fc.tuple(named, tie('value')), { maxLength: 4 }), gap).map(
      ([members, space]): Build =>
        (path) => {
          const seen = new Set<string>()
          const built = members.map(([{ name, text }, member]) => {
            const here = [...path, name]
            const inner = member(here)
            const again = seen.has(name)
            seen.add(name)
            return {
              text: `${text}${space}:${inner.text}`,
              wrong: [...(again ? [pointerTo(here)] : []), ...inner.wrong],
            }
          })
          return {
            text: `{${space}${built.map(({ text }) => text).join(`,${space}`)}}`,
            wrong: built.flatMap(({ wrong }) => wrong),
          }
        },
    ),
  ),
})).value

describe('any JSON text', () => {
  test('is read as JSON.parse reads it, or refused for what is wrong with it', () => {
    let refused = 0
    fc.assert(
      fc.property(written, (build) => {
        const { text, wrong } = build([])
        const decoded = decodeJson(text)
        if (wrong.length === 0) {
          expect(decoded).toEqual({ ok: true, value: JSON.parse(text) })
          return
        }
        refused++
        expect(decoded.ok).toBe(false)
        const pointers = decoded.ok ? [] : (decoded.refusal.errors ?? []).map(({ pointer }) => pointer)
        // What an equal name hides is only found where it is not hidden; everything reported is wrong.
        expect(pointers.filter((pointer) => !wrong.includes(pointer))).toEqual([])
        expect(pointers.length).toBeGreaterThan(0)
      }),
      { numRuns: 2_000 },
    )
    expect(refused).toBeGreaterThan(200)
  })

  test('that is cut short or changed in one place is still answered, never thrown at', () => {
    fc.assert(
      fc.property(
        written,
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', '}', ':', ',', '\u0000'),
        (build, place, put) => {
          const { text } = build([])
          const at = place % (text.length + 1)
          for (const broken of [text.slice(0, at), text.slice(0, at) + put + text.slice(at + 1)]) {
            let parses = true
            try {
              JSON.parse(broken)
            } catch {
              parses = false
            }
            if (!parses) expect(decodeJson(broken).ok).toBe(false)
            else decodeJson(broken)
          }
        },
      ),
    )
  })
})

describe('what is refused has a pointer', () => {
  const pointersOf = (text: string) => {
    const decoded = json.decode(new TextEncoder().encode(text))
    return decoded.ok
      ? 'accepted'
      : decoded.refusal.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`)
  }

  test.each([
    ['{"a":1,"a":1}', '/a: Must not be named twice.'],
    ['{"x":[{"a/b":{},"a/b":{}}]}', '/x/0/a~1b: Must not be named twice.'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__: Must not be named twice.'],
    ['{"n":12345678901234567890}', '/n: Must be a finite number, and a whole one within ±(2^53 − 1).'],
    ['{"n":[1e999]}', '/n/0: Must be a finite number, and a whole one within ±(2^53 − 1).'],
    ['{"s":"\\u0000"}', '/s: Must not contain U+0000.'],
    ['{"s":"\\ud800x"}', '/s: Must be well-formed Unicode: it has half of a surrogate pair.'],
    ['{"\\udfff":1}', '/\udfff: Must be well-formed Unicode: it has half of a surrogate pair.'],
  ])('%s', (text, fault) => {
    expect(pointersOf(text)).toEqual([fault])
  })

  test('a member named a thousand times is named once in the answer, and no answer names more than a hundred', () => {
    expect(pointersOf(`{${'"a":1,'.repeat(1_000)}"b":2}`)).toHaveLength(1)
    const many = Array.from({ length: 500 }, (_, at) => `"k${at}":1,"k${at}":1`).join(',')
    expect(pointersOf(`{${many}}`)).toHaveLength(100)
  })

  test('a long name that many faults stand within is not said again for each of them', () => {
    const name = 'n'.repeat(9_000)
    const wrong = Array.from({ length: 100 }, () => '"\\u0000","\\ud800",1e999').join(',')
    const twice = Array.from({ length: 100 }, (_, at) => `"k${at}":1,"k${at}":1`).join(',')
    for (const text of [`{"${name}":[${wrong}]}`, `{"${name}":{${twice}}}`])
      expect(JSON.stringify(pointersOf(text)).length).toBeLessThan(50_000)
  })
})
