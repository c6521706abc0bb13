// What is read with a key is nobody else's, and is asked for each time: `private, no-cache`. Made from the app's own routes.
import { expect, test } from 'vitest'
import { readable, reads } from '../support/reads.ts'
import { access } from '../support/route-table.ts'

/** Routes for owners or the operator; `/metrics` is a scrape's, which keeps nothing. */
const keyed = reads.filter(
  (route) => route.startsWith('GET /v1/') && access[route] !== 'voter' && access[route] !== 'anybody',
)

test.each(keyed)('%s', async (route) => {
  const { ask } = await readable(route)
  for (const method of ['GET', 'HEAD']) {
    const { status, headers } = await ask('*/*', method)
    expect([method, status, headers.get('cache-control')]).toEqual([method, 200, 'private, no-cache'])
    expect(headers.get('cdn-cache-control')).toBeNull()
  }
})
