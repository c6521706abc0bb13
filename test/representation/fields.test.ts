// Partial answers: what may be chosen, the one way to write a choice down, and what is left of a document.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Fields,
  fieldsText,
  type KnownFields,
  parseFields,
  select,
} from '../../src/representation/fields.ts'
import { pollFields, resultsFields } from '../../src/representation/known-fields.ts'
import { exampleOf } from '../contracts/shapes.ts'
import '../laws/seed.ts'

/** As a client might write a choice: any order, anything twice, `id` or not. */
const written = (known: KnownFields): fc.Arbitrary<string> =>
  fc
    .array(
      fc
        .constantFrom(...known)
        .chain(([name, inner]) =>
          inner === null
            ? fc.constant(name)
            : fc
                .option(written(inner), { nil: null })
                .map((within) => (within === null ? name : `${name}(${within})`)),
        ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => parts.join(','))

const parsed = (text: string, known: KnownFields): Fields => {
  const fields = parseFields(text, known)
  if (!fields.ok) throw new Error(`${text}: ${fields.refusal.detail}`)
  return fields.value
}

describe.each([
  ['polls', pollFields(), exampleOf('poll')],
  ['results', resultsFields(), exampleOf('results')],
] as const)('%s', (_what, known, documents) => {
  test('every member that a document has can be asked for, and nothing else is known', () => {
    for (const document of documents)
      for (const name of Object.keys(document)) expect([name, known.has(name)]).toEqual([name, true])
    const there = new Set(documents.flatMap((document) => Object.keys(document)))
    expect([...known.keys()].filter((name) => !there.has(name))).toEqual([])
  })

  test('a choice has one way to be written down, which chooses the same', () => {
    fc.assert(
      fc.property(written(known), fc.constantFrom(...documents), (text, document) => {
        const fields = parsed(text, known)
        const canonical = fieldsText(fields)
        const again = canonical.replaceAll('+', ',').replaceAll('()', '(id)')
        if (again === '') {
          expect(Object.keys(Object(select(document, fields)))).toHaveLength(1)
          return
        }
        expect(fieldsText(parsed(again, known))).toBe(canonical)
        expect(select(document, parsed(again, known))).toEqual(select(document, fields))
      }),
    )
  })

  test('what is chosen stands as it stood, in its order, and choosing again changes nothing', () => {
    fc.assert(
      fc.property(written(known), fc.constantFrom(...documents), (text, document) => {
        const fields = parsed(text, known)
        const part = Object(select(document, fields))
        expect(Object.keys(document).filter((name) => Object.hasOwn(part, name))).toEqual(Object.keys(part))
        for (const [name, inner] of fields)
          if (inner === null && Object.hasOwn(document, name))
            expect(part[name]).toEqual(Object(document)[name])
        expect(select(part, fields)).toEqual(part)
      }),
    )
  })
})

test('kinds beside each other are chosen from together', () => {
  const fields = parsed('questions(options(votes,points),counts,runoff(winner))', resultsFields())
  const [, document = {}] = exampleOf('results')
  expect(Object(select(document, fields)).questions.slice(0, 3)).toEqual([
    {
      id: 'where',
      options: [
        { id: 'pizza', votes: 2 },
        { id: '__proto__', votes: 1 },
      ],
    },
    {
      id: 'order',
      options: [
        { id: 'a', points: expect.any(Number) },
        { id: 'b', points: expect.any(Number) },
        { id: 'c', points: expect.any(Number) },
      ],
      runoff: { winner: 'b' },
    },
    { id: 'stars', counts: [1, 0, 0, 1, 0] },
  ])
})
