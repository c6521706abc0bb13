// Every number of a results document, in the words the page shows.
import { describe, expect, it } from 'vitest'
import type { QuestionOutcome } from '../../src/domain/tally/tally.ts'
import { slotsOf } from '../../src/http/page/slots.ts'
import { chooseHint, counted, ordinal, percent } from '../../src/http/page/words.ts'

const slots = (question: QuestionOutcome) =>
  slotsOf({ ballots: question.ballots, questions: [question] }, (_question, option) => option.toUpperCase())

describe('slots', () => {
  it('give a choice its votes, shares, bars and leader', () => {
    const read = slots({
      id: 'q',
      type: 'choice',
      ballots: 10,
      options: [
        { id: 'a', votes: 6, share: 0.6 },
        { id: 'b', votes: 4, share: 0.4 },
      ],
    })
    expect(Object.fromEntries(read)).toEqual({
      ballots: '10 ballots',
      'q.ballots': '10 ballots',
      'q.a.votes': '6 votes',
      'q.a.share': '60%',
      'q.a.bar': '60%',
      'q.a.lead': '',
      'q.b.votes': '4 votes',
      'q.b.share': '40%',
      'q.b.bar': '40%',
    })
  })

  it('let nobody lead where nobody has a vote', () => {
    const read = slots({ id: 'q', type: 'choice', ballots: 0, options: [{ id: 'a', votes: 0, share: 0 }] })
    expect(read.has('q.a.lead')).toBe(false)
  })

  it('measure a ranking by the points one could have, and name who wins the runoff', () => {
    const read = slots({
      id: 'q',
      type: 'ranking',
      ballots: 5,
      options: [
        { id: 'a', firsts: 2, points: 6 },
        { id: 'b', firsts: 2, points: 5 },
        { id: 'c', firsts: 1, points: 4 },
      ],
      runoff: {
        winner: 'b',
        exhausted: 0,
        rounds: [
          { counts: { a: 2, b: 2, c: 1 }, eliminated: ['c'] },
          { counts: { a: 2, b: 3 }, eliminated: [] },
        ],
      },
    })
    expect(read.get('q.a.bar')).toBe('60%')
    expect(read.get('q.a.votes')).toBe('2 firsts')
    expect(read.get('q.c.votes')).toBe('1 first')
    expect(read.get('q.runoff')).toBe('B wins the runoff after 2 rounds')
    expect(read.has('q.b.lead')).toBe(true)
    expect(read.has('q.a.lead')).toBe(false)
  })

  it('give a rating its mean and a bar a value, from 1', () => {
    const read = slots({ id: 'q', type: 'rating', ballots: 10, counts: [1, 1, 2, 3, 3], mean: 3.6 })
    expect(read.get('q.mean')).toBe('3.6')
    expect(read.get('q.1.share')).toBe('10%')
    expect(read.get('q.5.bar')).toBe('100%')
  })

  it('give a net promoter score its sign and who stands behind it', () => {
    const counts = [0, 0, 1, 0, 0, 0, 1, 1, 1, 3, 3]
    expect(slots({ id: 'q', type: 'nps', ballots: 10, counts, score: 40 }).get('q.score')).toBe('+40')
    expect(slots({ id: 'q', type: 'nps', ballots: 10, counts, score: -13 }).get('q.score')).toBe('−13')
    expect(slots({ id: 'q', type: 'nps', ballots: 10, counts, score: 40 }).get('q.split')).toBe(
      '60% promoters, 20% passives, 20% detractors',
    )
  })

  it('say a dash where nobody answered yet', () => {
    expect(slots({ id: 'q', type: 'rating', ballots: 0, counts: [0, 0], mean: null }).get('q.mean')).toBe('–')
    expect(slots({ id: 'q', type: 'text', ballots: 1 }).get('q.ballots')).toBe('1 answer')
  })
})

describe('words', () => {
  it('group thousands and know one from many', () => {
    expect([counted(1, 'ballot'), counted(1204, 'ballot'), counted(1234567, 'vote')]).toEqual([
      '1 ballot',
      '1,204 ballots',
      '1,234,567 votes',
    ])
  })

  it('never call a vote nothing, and show movement in a crowd', () => {
    expect([percent(0.004, 300), percent(0, 0), percent(0.6128, 5000), percent(1, 7)]).toEqual([
      '<1%',
      '0%',
      '61.3%',
      '100%',
    ])
  })

  it('count places', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103].map(ordinal).join(' ')).toBe(
      '1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 103rd',
    )
  })

  it('say how many one may choose', () => {
    expect([chooseHint(1, 1, 3), chooseHint(1, 2, 3), chooseHint(2, 2, 3), chooseHint(2, 3, 4)]).toEqual([
      'Choose one',
      'Choose up to 2',
      'Choose exactly 2',
      'Choose 2 to 3',
    ])
    expect([chooseHint(1, 3, 3), chooseHint(2, 3, 3)]).toEqual([
      'Choose as many as you like',
      'Choose at least 2',
    ])
  })
})
