// A ballot as a plain form posts it.
import { describe, expect, it } from 'vitest'
import { ballotFromForm } from '../../src/http/page/ballot-form.ts'
import { aPoll, everyKind } from './page-fixture.ts'

const { questions } = aPoll({ questions: everyKind })
const read = (form: string) => ballotFromForm(questions, new URLSearchParams(form))

describe('a posted form', () => {
  it('answers each kind of question as the API would be answered', () => {
    const { answers, faults } = read(
      'answers.where=pizza&answers.sides=fries&answers.sides=soup&answers.order.fr=1&answers.order.mo=2&answers.stars=4&answers.nps=9&answers.why=close+by',
    )
    expect(answers).toEqual({
      where: ['pizza'],
      sides: ['fries', 'soup'],
      order: ['fr', 'mo'],
      stars: 4,
      nps: 9,
      why: 'close by',
    })
    expect(faults.size).toBe(0)
  })

  it('leaves out what was left empty', () => {
    expect(read('answers.where=sushi&answers.order.mo=&answers.why=').answers).toEqual({ where: ['sushi'] })
  })

  it('closes the gaps between places', () => {
    expect(read('answers.order.mo=3&answers.order.we=1').answers).toEqual({ order: ['we', 'mo'] })
  })

  it('asks again where two options share a place', () => {
    expect(read('answers.order.mo=1&answers.order.we=1').faults.get('order')).toContain('1st place')
  })

  it.each(['0', '-1', 'first', '1.5', '99999'])('refuses %s as a place', (place) => {
    expect(read(`answers.order.mo=${place}`).faults.has('order')).toBe(true)
  })

  it('hands a number that is none on as it is, for the ballot check to refuse', () => {
    expect(read('answers.stars=lots').answers).toEqual({ stars: 'lots' })
  })

  it('writes line ends as the script does, so that the same text is the same ballot', () => {
    expect(read('answers.why=one%0D%0Atwo').answers).toEqual({ why: 'one\ntwo' })
  })

  it('ignores fields that are no answers', () => {
    expect(read('answers.where=pizza&utm=1&answers.nobody=2').answers).toEqual({ where: ['pizza'] })
  })

  it('answers a question called __proto__ with an own property', () => {
    const [where] = questions
    const odd = where === undefined ? [] : [{ ...where, id: '__proto__' }]
    const { answers } = ballotFromForm(odd, new URLSearchParams('answers.__proto__=pizza'))
    expect(Object.entries(answers)).toEqual([['__proto__', ['pizza']]])
  })
})
