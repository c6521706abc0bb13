// What each kind of answer lets a browser do, and that the page of threats names tests that exist.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../dev/settings.ts'
import { anApi } from '../support/api.ts'

const headersOf = async (path: string, draft: object = {}) => {
  const api = anApi()
  const { id } = await api.aPoll(draft)
  return (await api.ask('GET', path.replace(':pollId', id))).headers
}

const directives = (policy: string | null): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (policy ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ')
      return [name, sources.join(' ')]
    }),
  )

describe.each(['/p/:pollId', '/docs'])('the page at %s', (path) => {
  test('loads nothing from elsewhere, runs nothing inline and is not guessed at', async () => {
    const headers = await headersOf(path)
    const policy = directives(headers.get('content-security-policy'))
    expect(policy).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
    })
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  })
})

test('the voting page may be framed where its owner allows, the reference nowhere', async () => {
  const anywhere = directives((await headersOf('/p/:pollId')).get('content-security-policy'))
  const some = directives(
    (await headersOf('/p/:pollId', { allowedOrigins: ['https://shop.example'] })).get(
      'content-security-policy',
    ),
  )
  const reference = directives((await headersOf('/docs')).get('content-security-policy'))
  expect([anywhere, some, reference].map((policy) => policy['frame-ancestors'])).toEqual([
    '*',
    "'self' https://shop.example",
    "'none'",
  ])
})

test.each([
  '/v1/polls/:pollId',
  '/v1/polls/:pollId/results',
  '/v1/polls/none',
  '/problems/not-found',
  '/livez',
])('what %s answers is of a type that no browser runs, for any origin without credentials', async (path) => {
  const headers = await headersOf(path)
  expect(headers.get('content-type')).toMatch(/^application\/([a-z]+\+)?json/)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('access-control-allow-credentials')).toBeNull()
  expect(headers.get('set-cookie')).toBeNull()
})

test('the page of threats names tests that exist', () => {
  const page = readFileSync(join(projectRoot, 'docs/design/threats.md'), 'utf8')
  const named = [...page.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file)
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([])
})
