// What makes a ballot of a poll, and what is said about one that is not.
import { expect, test } from 'vitest'
import { checkBallot } from '../../src/domain/ballot/check-ballot.ts'
import type { Question } from '../../src/domain/poll/poll.ts'
import { aChoice, anNps, aRanking, aRating, aText } from './questions.ts'

const poll: readonly Question[] = [
  aChoice(['pizza', 'sushi'], { required: true }),
  aChoice(['ham', 'olives', 'corn'], { id: 'toppings', min: 2, max: 2 }),
  aRanking(['a', 'b', 'c']),
  aRating(),
  anNps(),
  aText({ maxLength: 5 }),
]

/** The text a ballot is stored as, or its faults as "pointer: detail". */
const check = (answers: unknown, questions = poll): string | readonly string[] => {
  const checked = checkBallot(questions, answers)
  return checked.ok
    ? JSON.stringify(checked.value)
    : checked.refusal.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`)
}

/** The same for one answer beside a good one. */
const checkWith = (answers: Readonly<Record<string, unknown>>) => check({ where: 'pizza', ...answers })

test('the example of the API is a ballot', () => {
  const answers = { where: ['pizza'], order: ['b', 'a'], stars: 4, nps: 9, why: 'close' }
  expect(check(answers)).toBe('{"where":["pizza"],"order":["b","a"],"stars":4,"nps":9,"why":"close"}')
})

test('a ballot is written in the order of the poll, except that a ranking keeps its own', () => {
  const answers = { order: ['c', 'a'], toppings: ['corn', 'ham'], where: 'sushi' }
  expect(check(answers)).toBe('{"where":["sushi"],"toppings":["ham","corn"],"order":["c","a"]}')
})

test('a required question must be answered', () => {
  expect(check({ stars: 4 })).toEqual(['/answers/where: This question must be answered.'])
})

test('a ballot answers at least one question', () => {
  const optional = [aRating()]
  expect(check({}, optional)).toEqual(['/answers: At least one question must be answered.'])
})

test('answers are an object', () => {
  for (const answers of [null, undefined, [], 'pizza', 1, true]) {
    expect(check(answers)).toEqual(['/answers: Must be an object.'])
  }
})

test('a question that is not answered is left out, not null', () => {
  expect(checkWith({ stars: null, why: null })).toEqual([
    '/answers/stars: Must not be null: leave out a question that is not answered.',
    '/answers/why: Must not be null: leave out a question that is not answered.',
  ])
})

test('an answer to an unknown question is refused, with its name escaped in the pointer', () => {
  expect(checkWith({ 'a/b~c': 1, toString: 1 })).toEqual([
    '/answers/a~1b~0c: There is no such question.',
    '/answers/toString: There is no such question.',
  ])
})

test('every fault is named', () => {
  expect(
    check({ where: ['soup'], order: ['a', 'a'], stars: 6, nps: 'ten', why: 'too long', who: 'me' }),
  ).toEqual([
    '/answers/where/0: There is no such option.',
    '/answers/order/1: Must not be named twice.',
    '/answers/stars: Must be a whole number from 1 to 5.',
    '/answers/nps: Must be a whole number from 0 to 10.',
    '/answers/why: Must have at most 5 characters.',
    '/answers/who: There is no such question.',
  ])
})

test('but not more than a hundred, so that a small body is not answered with a large one', () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`x${at}`, 1]))
  expect(checkWith(many)).toHaveLength(100)
  expect(checkWith({ order: new Array(10_000).fill('x') })).toEqual([
    '/answers/order: Must not name more than the 3 options there are.',
  ])
})

test('a single choice may be a string, a multiple one may not', () => {
  expect(check({ where: 'pizza' })).toBe('{"where":["pizza"]}')
  expect(check({ where: 'soup' })).toEqual(['/answers/where: There is no such option.'])
  expect(checkWith({ toppings: 'ham' })).toEqual(['/answers/toppings: Must be a list of option ids.'])
})

test('a choice names between min and max options, each once', () => {
  expect(check({ where: [] })).toEqual(['/answers/where: Must name at least 1 option.'])
  expect(check({ where: ['pizza', 'sushi'] })).toEqual(['/answers/where: Must name at most 1 option.'])
  expect(checkWith({ toppings: ['ham'] })).toEqual(['/answers/toppings: Must name at least 2 options.'])
  expect(checkWith({ toppings: ['ham', 'corn', 'olives'] })).toEqual([
    '/answers/toppings: Must name at most 2 options.',
  ])
  expect(checkWith({ toppings: ['ham', 'ham'] })).toEqual(['/answers/toppings/1: Must not be named twice.'])
  expect(checkWith({ toppings: ['ham', 7] })).toEqual(['/answers/toppings/1: Must be an option id.'])
})

test('a ranking may leave options out, but not all', () => {
  expect(checkWith({ order: ['b'] })).toBe('{"where":["pizza"],"order":["b"]}')
  expect(checkWith({ order: [] })).toEqual([
    '/answers/order: Must rank at least 1 option: leave out a question that is not answered.',
  ])
})

test('numbers are whole, in range, and not written as strings', () => {
  for (const stars of [0, 6, 2.5, '4', true, [4], Number.NaN, 1e300]) {
    expect(checkWith({ stars })).toEqual(['/answers/stars: Must be a whole number from 1 to 5.'])
  }
  expect(checkWith({ nps: 0 })).toBe('{"where":["pizza"],"nps":0}')
})

test('minus zero is zero', () => {
  const checked = checkBallot([anNps()], { nps: -0 })
  expect(checked.ok && checked.value).toEqual({ nps: 0 }) // toEqual tells them apart
})

test('text is kept as sent, neither trimmed nor normalised', () => {
  expect(checkWith({ why: ' e\u0301 ' })).toBe('{"where":["pizza"],"why":" e\u0301 "}')
})

test('text is measured in code points', () => {
  expect(checkWith({ why: '🍕🍕🍕🍕🍕' })).toBe('{"where":["pizza"],"why":"🍕🍕🍕🍕🍕"}')
  expect(checkWith({ why: '🍕🍕🍕🍕🍕🍕' })).toEqual(['/answers/why: Must have at most 5 characters.'])
})

test('text that Postgres could not store is refused before it is counted', () => {
  expect(checkWith({ why: 'a\u0000' })).toEqual(['/answers/why: Must not contain U+0000.'])
  expect(checkWith({ why: '\ud83c' })).toEqual([
    '/answers/why: Must be well-formed Unicode: it has half of a surrogate pair.',
  ])
})

test('empty text is no answer', () => {
  expect(checkWith({ why: '' })).toEqual([
    '/answers/why: Must not be empty: leave out a question that is not answered.',
  ])
})

test('questions named like inherited members are questions like any other', () => {
  const awkward = [aRating({ id: '__proto__' }), aRating({ id: 'constructor', required: true })]
  expect(check({}, awkward)).toEqual(['/answers/constructor: This question must be answered.'])
  const text = '{"__proto__":3,"constructor":4}'
  expect(check(JSON.parse(text), awkward)).toBe(text)
})
