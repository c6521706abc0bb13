// Entity tags and what clients say about them: a version, its representation, and weak comparison.
import { describe, expect, test } from 'vitest'
import { entityTag, namesTag } from '../../src/representation/entity-tag.ts'

const tag = entityTag('results', 42)

describe('a tag', () => {
  test('says what it is of, which version, and in which representation', () => {
    expect(tag).toBe('"results-42-json"')
    expect(entityTag('poll', 3, 'open-full-json')).toBe('"poll-3-open-full-json"')
  })

  test('differs where anything differs', () => {
    const tags = [tag, entityTag('results', 43), entityTag('poll', 42), entityTag('results', 42, 'msgpack')]
    expect(new Set(tags).size).toBe(4)
  })
})

describe('If-None-Match', () => {
  test.each([
    ['the tag itself', tag],
    ['the tag weakened by a proxy', `W/${tag}`],
    ['a list with it', `"a", ${tag}, "b"`],
    ['a list with it weakened', `W/"a",W/${tag}`],
    ['a list without spaces', `"a",${tag}`],
    ['anything', '*'],
    ['anything, with spaces', ' * '],
    ['a list with commas inside a tag', `"a,b", ${tag}`],
  ])('with %s names it', (_what, header) => {
    expect(namesTag(header, tag)).toBe(true)
  })

  test.each([
    ['no header', null],
    ['an empty header', ''],
    ['another version', '"results-41-json"'],
    ['another representation', '"results-42-msgpack"'],
    ['a tag that only begins alike', '"results-42-json-gzip"'],
    ['the tag without its quotes', 'results-42-json'],
    ['a star among others', '"a", *'],
    ['a quote that is never closed', '"results-42-json'],
  ])('with %s does not', (_what, header) => {
    expect(namesTag(header, tag)).toBe(false)
  })
})
