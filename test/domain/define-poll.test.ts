// From what an owner asks for to a poll's definition: defaults, generated ids, limits.
import { describe, expect, test } from 'vitest'
import { definePoll, type PollDraft, type QuestionDraft } from '../../src/domain/poll/define-poll.ts'
import { planShards } from '../../src/domain/poll/plan-shards.ts'

const yesNo: QuestionDraft = { type: 'choice', prompt: 'Yes?', options: [{ label: 'Yes' }, { label: 'No' }] }

const aDraft = (but: Partial<PollDraft> = {}): PollDraft => ({ title: 'Lunch?', questions: [yesNo], ...but })

const define = (draft: PollDraft) => {
  const defined = definePoll(draft)
  if (!defined.ok) throw new Error(JSON.stringify(defined.refusal))
  return defined.value
}

/** The faults as "pointer: detail". */
const faults = (but: Partial<PollDraft>): readonly string[] => {
  const defined = definePoll(aDraft(but))
  return defined.ok ? [] : defined.refusal.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`)
}

const options = (count: number) => Array.from({ length: count }, (_, at) => ({ label: `Option ${at}` }))

describe('what is left out', () => {
  test('has a default', () => {
    expect(define(aDraft())).toEqual({
      title: 'Lunch?',
      description: null,
      questions: [
        {
          id: 'q1',
          type: 'choice',
          prompt: 'Yes?',
          required: true,
          min: 1,
          max: 1,
          shuffle: false,
          options: [
            { id: 'o1', label: 'Yes' },
            { id: 'o2', label: 'No' },
          ],
        },
      ],
      opensAt: null,
      closesAt: null,
      results: 'always',
      dedupe: { by: 'session' },
      revisions: 'none',
      challenge: 'off',
      allowedOrigins: [],
      expectedVoters: null,
      labels: {},
    })
  })

  test('has a default in each kind of question, and only the first is required', () => {
    const questions: QuestionDraft[] = [
      { type: 'rating', prompt: 'How?' },
      { type: 'text', prompt: 'Why?' },
      { type: 'nps', prompt: 'Recommend?' },
    ]
    expect(define(aDraft({ questions })).questions).toEqual([
      { id: 'q1', type: 'rating', prompt: 'How?', required: true, scale: 5 },
      { id: 'q2', type: 'text', prompt: 'Why?', required: false, maxLength: 500 },
      { id: 'q3', type: 'nps', prompt: 'Recommend?', required: false },
    ])
  })

  test('is not overruled where it was said', () => {
    const questions: QuestionDraft[] = [
      { type: 'nps', prompt: 'Recommend?', required: false },
      { type: 'nps', prompt: 'Again?', required: true },
    ]
    expect(define(aDraft({ questions })).questions.map(({ required }) => required)).toEqual([false, true])
  })

  test('an id is the position, or the next number nobody was given', () => {
    const questions: QuestionDraft[] = [
      { ...yesNo, id: 'q2' },
      yesNo,
      {
        ...yesNo,
        options: [{ label: 'A' }, { id: 'o1', label: 'B' }, { id: 'o2', label: 'C' }, { label: 'D' }],
      },
    ]
    const defined = define(aDraft({ questions })).questions
    expect(defined.map(({ id }) => id)).toEqual(['q2', 'q3', 'q4'])
    expect(defined[2]).toMatchObject({ options: [{ id: 'o3' }, { id: 'o1' }, { id: 'o2' }, { id: 'o4' }] })
  })
})

describe('limits', () => {
  test('a poll has 1 to 50 questions', () => {
    expect(faults({ questions: [] })).toEqual(['/questions: Must have at least 1 question.'])
    expect(faults({ questions: new Array(50).fill(yesNo) })).toEqual([])
    expect(faults({ questions: new Array(51).fill(yesNo) })).toEqual([
      '/questions: Must have at most 50 questions.',
    ])
  })

  test('a choice has 1 to 200 options, a ranking 2 to 50', () => {
    const choice = (count: number) =>
      faults({ questions: [{ ...yesNo, options: options(count) } as QuestionDraft] }) // a spread loses the union
    expect(choice(0)).toContain('/questions/0/options: Must have at least 1 option.')
    expect(choice(1)).toEqual([])
    expect(choice(200)).toEqual([])
    expect(choice(201)).toEqual(['/questions/0/options: Must have at most 200 options.'])
    const ranking = (count: number) =>
      faults({ questions: [{ type: 'ranking', prompt: 'Rank', options: options(count) }] })
    expect(ranking(1)).toEqual(['/questions/0/options: Must have at least 2 options.'])
    expect(ranking(2)).toEqual([])
    expect(ranking(50)).toEqual([])
    expect(ranking(51)).toEqual(['/questions/0/options: Must have at most 50 options.'])
  })

  test('all its tallies together have at most 5,000 counters', () => {
    const big: QuestionDraft = { type: 'choice', prompt: 'Which?', options: options(200) }
    const rank: QuestionDraft = { type: 'ranking', prompt: 'Rank', options: options(50) }
    expect(faults({ questions: new Array(25).fill(big) })).toEqual([])
    expect(faults({ questions: [rank, rank] })).toEqual([])
    expect(faults({ questions: [rank, rank, { type: 'text', prompt: 'Why?' }] })).toEqual([])
    expect(faults({ questions: [rank, rank, { type: 'rating', prompt: 'How?', scale: 3 }] })).toEqual([
      '/questions: Needs 5003 counters of at most 5000: one an option of a choice, n² for a ranking of n options, one a value of a rating, 11 for an nps.',
    ])
  })

  test('ids are unique, and of a–z, 0–9, _ and -', () => {
    expect(
      faults({
        questions: [
          { ...yesNo, id: 'a' },
          { ...yesNo, id: 'a' },
        ],
      }),
    ).toEqual(['/questions/1/id: Must not be used twice.'])
    const ids = ['A', 'a b', '', 'x'.repeat(41), 'é', 'a\n']
    expect(faults({ questions: ids.map((id) => ({ ...yesNo, id })) })).toEqual(
      ids.map((_, at) => `/questions/${at}/id: Must be 1 to 40 of a–z, 0–9, _ and -.`),
    )
    expect(define(aDraft({ questions: [{ ...yesNo, id: '__proto__' }] })).questions[0]?.id).toBe('__proto__')
  })

  test('min and max fit each other and the options', () => {
    const choice = (min?: number, max?: number): QuestionDraft => ({
      type: 'choice',
      prompt: 'Which?',
      min,
      max,
      options: options(3),
    })
    expect(faults({ questions: [choice(2, 3), choice(3, 3), choice(undefined, 3)] })).toEqual([])
    expect(faults({ questions: [choice(2), choice(0), choice(1, 4), choice(1, 1.5)] })).toEqual([
      '/questions/0/max: Must be at least min, which is 2; max is 1 unless said.',
      '/questions/1/min: Must be a whole number from 1 to 3.',
      '/questions/2/max: Must be a whole number from 1 to 3.',
      '/questions/3/max: Must be a whole number from 1 to 3.',
    ])
  })

  test('a scale is 2 to 10, a maxLength 1 to 5,000', () => {
    const rating = (scale: number): QuestionDraft => ({ type: 'rating', prompt: 'How?', scale })
    const text = (maxLength: number): QuestionDraft => ({ type: 'text', prompt: 'Why?', maxLength })
    expect(faults({ questions: [rating(2), rating(10), text(1), text(5_000)] })).toEqual([])
    expect(faults({ questions: [rating(1), rating(11), text(0), text(5_001)] })).toEqual([
      '/questions/0/scale: Must be a whole number from 2 to 10.',
      '/questions/1/scale: Must be a whole number from 2 to 10.',
      '/questions/2/maxLength: Must be a whole number from 1 to 5000.',
      '/questions/3/maxLength: Must be a whole number from 1 to 5000.',
    ])
  })

  test('texts are measured in code points', () => {
    const asked = (prompt: string, label: string): QuestionDraft => ({
      type: 'choice',
      prompt,
      options: [{ label }],
    })
    expect(
      faults({
        title: '🍕'.repeat(300),
        description: '🍕'.repeat(5_000),
        questions: [asked('🍕'.repeat(300), '🍕'.repeat(200))],
      }),
    ).toEqual([])
    expect(
      faults({
        title: 'x'.repeat(301),
        description: 'x'.repeat(5_001),
        questions: [asked('x'.repeat(301), 'x'.repeat(201))],
      }),
    ).toEqual([
      '/title: Must have at most 300 characters.',
      '/description: Must have at most 5000 characters.',
      '/questions/0/prompt: Must have at most 300 characters.',
      '/questions/0/options/0/label: Must have at most 200 characters.',
    ])
  })

  test('texts say something that can be stored', () => {
    expect(faults({ title: ' ', description: 'a\u0000' })).toEqual([
      '/title: Must not be blank.',
      '/description: Must not contain U+0000.',
    ])
    expect(faults({ title: '\udc00' })).toEqual([
      '/title: Must be well-formed Unicode: it has half of a surrogate pair.',
    ])
    expect(define(aDraft({ title: ' Lunch? ', description: '' }))).toMatchObject({
      title: ' Lunch? ',
      description: '',
    })
  })

  test('images are https URLs', () => {
    const withImage = (image: string): QuestionDraft => ({
      type: 'choice',
      prompt: 'Which?',
      options: [{ label: 'A', image }],
    })
    expect(faults({ questions: [withImage('https://example.com/p.png?x=1#y')] })).toEqual([])
    const bad = [
      'http://example.com/',
      'javascript:alert(1)',
      '//example.com/p.png',
      'p.png',
      'https://',
      'https://a b',
      'data:image/png,',
      `https://example.com/${'x'.repeat(2_048)}`,
    ]
    expect(faults({ questions: bad.map(withImage) })).toEqual(
      bad.map((_, at) => `/questions/${at}/options/0/image: Must be an absolute https URL.`),
    )
  })

  test('a poll closes after it opens', () => {
    expect(faults({ opensAt: 1_000, closesAt: 1_001 })).toEqual([])
    expect(faults({ opensAt: 1_000, closesAt: 1_000 })).toEqual(['/closesAt: Must be later than opensAt.'])
    expect(faults({ opensAt: Number.NaN })).toEqual(['/opensAt: Must be a time.'])
  })

  test('origins are origins, written as browsers send them', () => {
    const allowedOrigins = [
      'https://Example.com:443',
      'https://example.com',
      'http://localhost:5173',
      'https://münchen.de',
      'http://[::1]:80',
    ]
    expect(define(aDraft({ allowedOrigins })).allowedOrigins).toEqual([
      'https://example.com',
      'http://localhost:5173',
      'https://xn--mnchen-3ya.de',
      'http://[::1]',
    ])
    const bad = [
      'https://example.com/',
      'https://example.com/path',
      'example.com',
      '*',
      'null',
      'https://*.example.com',
      'https://a;script-src',
      'https://user@example.com',
      'ftp://example.com',
      'https://example.com:99999',
      'https://example.com?x',
      '',
    ]
    expect(faults({ allowedOrigins: bad })).toEqual(
      bad.map(
        (_, at) =>
          `/allowedOrigins/${at}: Must be an origin: http or https, a host, maybe a port, and nothing after them.`,
      ),
    )
  })

  test('an address has 1 to 1,000 ballots, one unless said', () => {
    expect(define(aDraft({ dedupe: { by: 'ip' } })).dedupe).toEqual({ by: 'ip', limit: 1 })
    expect(faults({ dedupe: { by: 'ip', limit: 1_000 } })).toEqual([])
    for (const limit of [0, 1_001, 1.5]) {
      expect(faults({ dedupe: { by: 'ip', limit } })).toEqual([
        '/dedupe/limit: Must be a whole number from 1 to 1000.',
      ])
    }
  })

  test('account tokens are verified with 1 to 4 keys, told apart by kid', () => {
    const key = (kid: string) => ({ kid, alg: 'HS256', secret: 'not a secret' }) as const
    const keys = ['a', 'b', 'c', 'd'].map(key)
    expect(define(aDraft({ dedupe: { by: 'account', keys } })).dedupe).toEqual({ by: 'account', keys })
    expect(faults({ dedupe: { by: 'account', keys: [] } })).toEqual([
      '/dedupe/keys: Must have at least 1 key.',
    ])
    expect(faults({ dedupe: { by: 'account', keys: [...keys, key('e')] } })).toEqual([
      '/dedupe/keys: Must have at most 4 keys.',
    ])
    expect(faults({ dedupe: { by: 'account', keys: [key('a'), key('a')] } })).toEqual([
      '/dedupe/keys/1/kid: Must not be used twice.',
    ])
    expect(faults({ dedupe: { by: 'account', keys: [{ kid: 'a', alg: 'EdDSA', x: 'short' }] } })).toEqual([
      '/dedupe/keys/0/x: Must be 32 bytes in base64url, unpadded.',
    ])
  })

  test('labels are at most 20, names of 40 and values of 200 characters', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`l${at}`, 'x']))
    expect(faults({ labels: many(20) })).toEqual([])
    expect(faults({ labels: many(21) })).toEqual(['/labels: Must have at most 20 labels.'])
    expect(faults({ labels: { 'a/b': 'x'.repeat(201), [`~${'x'.repeat(40)}`]: '' } })).toEqual([
      '/labels/a~1b: Must have at most 200 characters.',
      `/labels/~0${'x'.repeat(40)}: The name: must have at most 40 characters.`,
    ])
  })

  test('expected voters are a whole number, at least 1', () => {
    expect(faults({ expectedVoters: 0 })).toEqual([
      `/expectedVoters: Must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}.`,
    ])
    expect(faults({ expectedVoters: 79_321 })).toEqual([])
  })

  test('every fault is named, up to a hundred', () => {
    const hopeless: QuestionDraft = {
      type: 'choice',
      prompt: '',
      options: new Array(200).fill({ label: '' }),
    }
    expect(
      faults({
        title: '',
        questions: [
          { ...yesNo, prompt: '' },
          { type: 'rating', prompt: 'How?', scale: 99 },
        ],
      }),
    ).toHaveLength(3)
    expect(faults({ questions: [hopeless, hopeless] })).toHaveLength(100)
  })
})

test('the shards of a poll follow its expected voters', () => {
  expect([null, 1, 1_000, 5_000, 5_001, 79_321, 1_280_000, 1e9].map(planShards)).toEqual([
    4, 1, 1, 1, 2, 16, 256, 256,
  ])
})
