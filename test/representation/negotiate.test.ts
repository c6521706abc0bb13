// Which representation a client is given, by Accept with its q-values; null is a 406.
import { describe, expect, test } from 'vitest'
import { negotiate } from '../../src/representation/negotiate.ts'

const json = 'application/json'
const csv = 'text/csv'

describe('where only JSON is offered', () => {
  test.each<[string | null, string]>([
    [null, 'no Accept at all'],
    ['*/*', 'anything'],
    ['application/*', 'anything of the kind'],
    ['application/json', 'it by name'],
    ['APPLICATION/JSON', 'it by name, loudly'],
    ['text/html, application/json;q=0.1', 'something else rather'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'what a browser sends'],
    ['application/json, text/plain, */*', 'what axios sends'],
    ['application/json; charset=utf-8', 'it with a charset, as many libraries do'],
    ['application/json;charset=UTF-8, */*;q=0', 'it with a charset and nothing else'],
  ])('%j (%s) gets it', (accept) => {
    expect(negotiate(accept, [json])).toBe(json)
  })

  test.each([
    'text/html',
    'application/xml',
    'application/json;q=0',
    '*/*;q=0',
    'text/*',
    'garbage',
    'application/jsonp',
  ])('%j gets nothing', (accept) => {
    expect(negotiate(accept, [json])).toBeNull()
  })

  test.each([
    ',',
    ';',
    ';;;',
    'application/json;=;',
    'a/b;c="',
    '/',
    '*',
    'q=1',
    '\u00e9',
    ','.repeat(1_000),
    'a/b;q=NaN',
  ])('%j is an answer of some kind, and no throw', (accept) => {
    expect([json, null]).toContain(negotiate(accept, [json]))
  })
})

describe('where several are offered', () => {
  test('the client’s preference decides', () => {
    expect(negotiate('text/csv, application/json;q=0.5', [json, csv])).toBe(csv)
    expect(negotiate('text/csv;q=0.4, application/json;q=0.5', [json, csv])).toBe(json)
  })

  test('without a preference ours does', () => {
    expect(negotiate('*/*', [json, csv])).toBe(json)
    expect(negotiate('*/*', [csv, json])).toBe(csv)
  })

  test('what is named is preferred to what is merely covered', () => {
    expect(negotiate('*/*;q=0.1, text/csv', [json, csv])).toBe(csv)
  })

  test('what is excluded is never given', () => {
    expect(negotiate('*/*, application/json;q=0', [json, csv])).toBe(csv)
  })
})
