// What every format promises: it carries the JSON model, all of it and nothing else, and no bytes make it throw.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkBallot } from '../../src/domain/ballot/check-ballot.ts'
import { commitmentOf } from '../../src/domain/ballot/commitment.ts'
import type { Codec } from '../../src/representation/codec.ts'
import { examine } from '../../src/representation/json-model.ts'
import type { Shape } from '../../src/representation/protobuf.ts'
import { aBallot, someQuestions } from '../laws/polls.ts'
import '../laws/seed.ts'
import { exampleOf, shapesWithExamples } from './shapes.ts'

export interface CodecUnderTest {
  readonly name: string
  /** Bodies of one shape. */
  codecOf(shape: Shape): Codec
  /** The document as a client of this format sends it and as we answer it. */
  write(shape: Shape, document: object): Uint8Array
  /** What is left of a document that went through: a format may have one way to say both "nothing" and "not said". */
  kept(document: unknown): unknown
  /** Bodies that must be refused, by what is wrong with them, with the pointer to it or null where it is at no place. A
   *  flaw that cannot be written in this format is left out. */
  readonly flawed: Readonly<Record<string, readonly [body: Uint8Array, pointer: string | null]>>
}

export const codecContract = (format: CodecUnderTest): void => {
  const { codecOf, write, kept } = format
  const read = (shape: Shape, bytes: Uint8Array) => {
    const decoded = codecOf(shape).decode(bytes)
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.refusal))
    return decoded.value
  }

  describe(`${format.name}: round trips`, () => {
    test.each(shapesWithExamples)('%s', (shape) => {
      for (const document of exampleOf(shape))
        expect(read(shape, write(shape, document))).toEqual(kept(document))
    })

    test('answers to questions of any kind and name', () => {
      fc.assert(
        fc.property(someQuestions.chain(aBallot), (answers) => {
          expect(read('ballotDraft', write('ballotDraft', { answers }))).toEqual({ answers })
        }),
      )
    })
  })

  describe(`${format.name}: one ballot, one meaning`, () => {
    test('canonical answers and commitments are those of JSON', () => {
      fc.assert(
        fc.property(
          someQuestions.chain((questions) =>
            fc.record({ questions: fc.constant(questions), answers: aBallot(questions) }),
          ),
          ({ questions, answers }) => {
            const sent = { answers: shuffled(answers) }
            const body = read('ballotDraft', write('ballotDraft', sent)) as typeof sent // or the round trip fails above
            const [here, there] = [body, JSON.parse(JSON.stringify(sent))].map((each) =>
              checkBallot(questions, each.answers),
            )
            if (!here?.ok || !there?.ok) throw new Error('a sound ballot was refused')
            expect(JSON.stringify(here.value)).toBe(JSON.stringify(there.value))
            expect(commitmentOf('00', JSON.stringify(here.value))).toBe(
              commitmentOf('00', JSON.stringify(there.value)),
            )
          },
        ),
      )
    })

    test('a single choice is the same as a string and as a list of one', () => {
      const questions = [
        {
          id: 'where',
          type: 'choice',
          prompt: '?',
          required: true,
          min: 1,
          max: 1,
          shuffle: false,
          options: [{ id: 'a', label: 'A' }],
        },
      ] as const
      const texts = ['a', ['a']].map((where) => {
        const body = read('ballotDraft', write('ballotDraft', { answers: { where } })) as { answers: unknown } // checked next
        const checked = checkBallot(questions, body.answers)
        return checked.ok && JSON.stringify(checked.value)
      })
      expect(texts).toEqual(['{"where":["a"]}', '{"where":["a"]}'])
    })
  })

  describe(`${format.name}: what is no body`, () => {
    test.each(Object.entries(format.flawed))('%s', (_what, [bytes, pointer]) => {
      const decoded = codecOf('ballotDraft').decode(bytes)
      const pointers = decoded.ok
        ? ['accepted']
        : (decoded.refusal.errors ?? []).map((fault) => fault.pointer)
      expect(pointers).toEqual(pointer === null ? [] : [pointer])
      if (!decoded.ok)
        expect(decoded.refusal).toMatchObject({ reason: 'body-malformed', detail: expect.any(String) })
    })

    /** Refused, or something that any format could have said. */
    const sound = (bytes: Uint8Array) => {
      const decoded = codecOf('ballotDraft').decode(bytes)
      if (decoded.ok) expect(examine(decoded.value).faults).toEqual([])
      else expect(decoded.refusal.reason).toBe('body-malformed')
    }

    test('any bytes at all are answered', () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), sound), { numRuns: 2_000 })
    })

    test('a body cut anywhere, or with one byte changed, is answered', () => {
      const whole = write('ballotDraft', exampleOf('ballotDraft')[0] ?? {})
      for (let at = 0; at < whole.byteLength; at++) {
        sound(whole.subarray(0, at))
        for (const byte of [0, 1, 0x7f, 0x80, 0xc1, 0xdd, 0xff])
          sound(whole.map((each, place) => (place === at ? byte : each)))
      }
    })
  })
}

/** The same answers, named in another order. */
const shuffled = (answers: object) => Object.fromEntries(Object.entries(answers).reverse())
