// What browsers post to the page in its tests.
import type { Station } from './page-fixture.ts'

export const path = '/p/poll_lunch'
export const voter = 'v'.repeat(32)
export const pizza = { where: ['pizza'] }

export const postForm = (
  { app }: Station,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) =>
  app.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { cookie: `voter=${voter}`, 'Sec-Fetch-Site': 'same-origin', ...headers },
  })

export const postJson = ({ app }: Station, body: unknown, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { cookie: `voter=${voter}`, 'Content-Type': 'application/json', ...headers },
  })
