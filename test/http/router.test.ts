// Routes are found by one expression; what is found is what Hono's tree would find, for every route and every method.
import { isDeepStrictEqual } from 'node:util'
import type { Router } from 'hono/router'
import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { router } from '../../src/http/router.ts'
import { anApi } from '../support/api.ts'
import { pathOf } from '../support/route-table.ts'

const { routes } = createApp(anApi().services)
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'BREW']
const samples = [{}, { ballotId: 'mine' }, { ballotId: 'bal_1', pollId: 'poll_%2F1' }]
const paths = new Set([
  '/',
  '/nowhere',
  '/v1/polls/',
  ...routes
    .filter(({ method }) => method !== 'ALL')
    .flatMap(({ method, path }) =>
      samples.flatMap((ids) => {
        const asked = pathOf(`${method} ${path}`, ids)
        return [asked, `${asked}/`, `${asked}/below`, `${asked}/mine`, asked.slice(0, -1)]
      }),
    ),
])

const filled = (found: Router<number>) => {
  for (const [at, { method, path }] of routes.entries()) found.add(method, path, at)
  return found
}

type Found = readonly [number, Readonly<Record<string, string | number>>]

/** Which routes, in which order, with which parameters. */
const foundBy = (matching: Router<number>, method: string, path: string) => {
  const [handlers, stash] = matching.match(method, path) as readonly [readonly Found[], (readonly string[])?] // either form
  return handlers.map(([route, params]) => [
    route,
    Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        typeof value === 'number' ? stash?.[value] : value,
      ]),
    ),
  ])
}

describe('the router', () => {
  it('finds what the tree would find', () => {
    const [ours, tree] = [filled(router<number>()), filled(new TrieRouter<number>())]
    const differing = [...paths].flatMap((path) =>
      methods.flatMap((method) => {
        const [found, wanted] = [foundBy(ours, method, path), foundBy(tree, method, path)]
        return isDeepStrictEqual(found, wanted) ? [] : [{ method, path, found, wanted }]
      }),
    )
    expect(differing).toEqual([])
    expect(paths.size).toBeGreaterThan(200)
  })
})
