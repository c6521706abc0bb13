// The shapes of request bodies: the right types, nothing unknown, and every fault with a pointer to it.
import { describe, expect, test } from 'vitest'
import type { ZodType } from 'zod'
import { ballotBody } from '../../src/representation/ballot-body.ts'
import { faultsOf } from '../../src/representation/faults.ts'
import { invitesBody } from '../../src/representation/invites-body.ts'
import { pollDraft } from '../../src/representation/poll-draft.ts'
import { workspaceBody } from '../../src/representation/workspace-body.ts'

/** Pointers of what is wrong; empty where nothing is. */
const pointers = (shape: ZodType, body: unknown): readonly string[] => {
  const parsed = shape.safeParse(body)
  return parsed.success ? [] : faultsOf(parsed.error).map(({ pointer }) => pointer)
}

const parsed = <Shape extends ZodType>(shape: Shape, json: string) => {
  const result = shape.safeParse(JSON.parse(json))
  if (!result.success) throw new Error(JSON.stringify(faultsOf(result.error)))
  return result.data
}

const aDraft = (changes: object = {}) => ({
  title: 'Lunch?',
  questions: [{ type: 'choice', prompt: 'Where?', options: [{ label: 'Pizza' }] }],
  ...changes,
})

describe('a ballot', () => {
  test('has answers to questions of any name', () => {
    const { answers } = parsed(
      ballotBody,
      '{"answers":{"__proto__":["a"],"constructor":1,"where":["pizza"]}}',
    )
    expect(Object.keys(answers)).toEqual(['__proto__', 'constructor', 'where'])
    expect(Object.getOwnPropertyDescriptor(answers, '__proto__')?.value).toEqual(['a'])
  })

  test('has nothing unknown beside them', () => {
    expect(pointers(ballotBody, { answers: {}, voter: 'me', 'a/b~c': 1 })).toEqual(['/voter', '/a~1b~0c'])
    expect(pointers(ballotBody, JSON.parse('{"answers":{},"__proto__":1}'))).toEqual(['/__proto__'])
  })

  test.each([
    [null],
    [[]],
    ['answers'],
    [1],
    [{}],
    [{ answers: null }],
    [{ answers: [] }],
    [{ answers: 'pizza' }],
  ])('%j is none', (body) => {
    expect(pointers(ballotBody, body).length).toBeGreaterThan(0)
  })
})

describe('a poll', () => {
  test('may leave out what has a default', () => {
    expect(pointers(pollDraft, aDraft())).toEqual([])
  })

  test('has nothing unknown, at any depth', () => {
    expect(pointers(pollDraft, aDraft({ colour: 'red' }))).toEqual(['/colour'])
    expect(pointers(pollDraft, aDraft({ questions: [{ type: 'nps', prompt: 'x', scale: 5 }] }))).toEqual([
      '/questions/0/scale',
    ])
    const options = [{ label: 'x', votes: 3 }]
    expect(pointers(pollDraft, aDraft({ questions: [{ type: 'choice', prompt: 'x', options }] }))).toEqual([
      '/questions/0/options/0/votes',
    ])
    expect(pointers(pollDraft, aDraft({ dedupe: { by: 'ip', limit: 1, keys: [] } }))).toEqual([
      '/dedupe/keys',
    ])
  })

  test('has labels of any name', () => {
    const { labels } = parsed(
      pollDraft,
      JSON.stringify(aDraft()).replace('{', '{"labels":{"__proto__":"a","team":"ops"},'),
    )
    expect(Object.keys(labels ?? {})).toEqual(['__proto__', 'team'])
  })

  test('has times with a zone, which mean the moment they say', () => {
    const { opensAt } = parsed(pollDraft, JSON.stringify(aDraft({ opensAt: '2026-11-24T13:00:00+01:00' })))
    expect(opensAt).toBe(Date.UTC(2026, 10, 24, 12))
  })

  test.each([
    'tomorrow',
    '2026-11-24',
    '2026-11-24T12:00:00',
    '2026-02-30T12:00:00Z',
    '24.11.2026',
    '',
    1795521600000,
  ])('has no time like %j', (opensAt) => {
    expect(pointers(pollDraft, aDraft({ opensAt }))).toEqual(['/opensAt'])
  })

  test.each([
    ['/title', { title: 5 }],
    ['/questions', { questions: 'none' }],
    ['/questions/0/type', { questions: [{ type: 'guess', prompt: 'x' }] }],
    ['/results', { results: 'sometimes' }],
    ['/dedupe/by', { dedupe: { by: 'luck' } }],
    ['/status', { status: 'closed' }],
    ['/expectedVoters', { expectedVoters: 1.5 }],
    ['/expectedVoters', { expectedVoters: 2 ** 53 }],
    ['/labels/team', { labels: { team: 5 } }],
    ['/allowedOrigins/1', { allowedOrigins: ['https://a.test', 5] }],
  ])('with a fault has its pointer: %s', (pointer, changes) => {
    expect(pointers(pollDraft, aDraft(changes))).toContain(pointer)
  })

  test('with thousands of faults is answered with the first hundred: a megabyte must not be answered with several', () => {
    const questions = Array.from({ length: 5_000 }, () => ({ type: 'nps' }))
    expect(pointers(pollDraft, aDraft({ questions }))).toHaveLength(100)
    const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`x${at}`, 1]))
    expect(pointers(pollDraft, aDraft(unknown))).toHaveLength(100)
  })
})

describe('a workspace', () => {
  test('has a name, and unless said the free plan and no end to what it keeps', () => {
    expect(parsed(workspaceBody, '{"name":"Dev"}')).toEqual({
      name: 'Dev',
      plan: 'free',
      retentionDays: null,
    })
  })

  test.each([
    ['no name', {}],
    ['an empty name', { name: '' }],
    ['a long name', { name: 'x'.repeat(201) }],
    ['an unknown plan', { name: 'Dev', plan: 'gold' }],
    ['a retention of no days', { name: 'Dev', retentionDays: 0 }],
    ['a retention without an end', { name: 'Dev', retentionDays: 3_651 }],
    ['something unknown', { name: 'Dev', owner: 'me' }],
    ['a name that Postgres can never take', { name: 'a\u0000b' }],
    ['a name with half a surrogate pair', { name: 'a\ud83d' }],
  ])('has not %s', (_what, body) => {
    expect(pointers(workspaceBody, body).length).toBeGreaterThan(0)
  })
})

describe('invites', () => {
  test.each([1, 500, 100_000])('come in any number up to a hundred thousand: %d', (count) => {
    expect(pointers(invitesBody, { count })).toEqual([])
  })

  test.each([[0], [-1], [1.5], [100_001], ['5'], [null], [Number.MAX_SAFE_INTEGER]])(
    'and never %j',
    (count) => {
      expect(pointers(invitesBody, { count })).toEqual(['/count'])
    },
  )
})
