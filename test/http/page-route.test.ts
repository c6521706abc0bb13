// The page's routes: who votes, what comes back, and what is refused.
import { describe, expect, it } from 'vitest'
import { pageScript, pageStyle } from '../../src/http/generated/page-assets.generated.ts'
import { aPoll, aStation, type Station } from './page-fixture.ts'

const path = '/p/poll_lunch'
const voter = 'v'.repeat(32)
const pizza = { where: ['pizza'] }

const postForm = ({ app }: Station, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { cookie: `voter=${voter}`, 'Sec-Fetch-Site': 'same-origin', ...headers },
  })

const postJson = ({ app }: Station, body: unknown, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { cookie: `voter=${voter}`, 'Content-Type': 'application/json', ...headers },
  })

describe('opening the page', () => {
  it('makes a voter of a browser that has none, for a year and every poll, out of any script’s reach', async () => {
    const answer = await aStation(aPoll()).app.request(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^voter=[\w-]{32}; Max-Age=31536000; Path=\/p\/; HttpOnly; SameSite=Lax$/,
    )
    expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
  })

  it('keeps the voter it has', async () => {
    const answer = await aStation(aPoll()).app.request(path, { headers: { cookie: `voter=${voter}` } })
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  it('makes another voter of a cookie that is not one of ours', async () => {
    const answer = await aStation(aPoll()).app.request(path, { headers: { cookie: 'voter=short' } })
    expect(answer.headers.getSetCookie()).toHaveLength(1)
  })

  it('sends cookies over TLS only where there is TLS, and partitioned inside another site’s frame', async () => {
    const { app } = aStation(aPoll())
    const secure = await app.request(`https://polls.example${path}`)
    expect(secure.headers.getSetCookie()[0]).toMatch(/Secure; SameSite=Lax$/)
    const framed = await app.request(`https://polls.example${path}`, {
      headers: { 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'cross-site' },
    })
    expect(framed.headers.getSetCookie()[0]).toMatch(/^voter=framed-.+; Secure; SameSite=None; Partitioned$/)
  })

  it('allows nothing inline and anybody’s frame', async () => {
    const answer = await aStation(aPoll()).app.request(path)
    expect(answer.headers.get('Content-Security-Policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *",
    )
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  it('answers HEAD with the headers of GET', async () => {
    const answer = await aStation(aPoll()).app.request(path, { method: 'HEAD' })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  it('says kindly that there is no such poll', async () => {
    const answer = await aStation(aPoll()).app.request('/p/poll_nowhere')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('Content-Type')).toMatch('text/html')
    expect(await answer.text()).toContain('There is no such poll')
  })
})

describe('voting by the plain form', () => {
  it('counts the ballot, keeps the receipt for this poll and goes back to the page with the results', async () => {
    const station = aStation(aPoll())
    const answer = await postForm(station, { 'answers.where': 'pizza' })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, path])
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^receipt=receipt\.bal_1; .*Path=\/p\/poll_lunch; HttpOnly; SameSite=Lax$/,
    )
    expect(station.ballots.get(voter)?.answers).toBe(JSON.stringify(pizza))

    const page = await (
      await station.app.request(path, { headers: { cookie: `voter=${voter}; receipt=receipt.bal_1` } })
    ).text()
    expect(page).toContain('Thank you. Your ballot is counted.')
    expect(page).toContain('<rect data-bar="where.pizza" width="100%" height="100%"/>')
    expect(page).not.toContain('<form')
  })

  it('shows what is wrong beside the question, and keeps what was filled in', async () => {
    const station = aStation(
      aPoll({
        questions: [
          { type: 'rating', id: 'stars', prompt: 'How?', scale: 5 },
          { type: 'text', id: 'why', prompt: 'Why?' },
        ],
      }),
    )
    const answer = await postForm(station, { 'answers.why': 'because' })
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(page).toContain('id="stars.error" data-error>This question must be answered.</p>')
    expect(page).toContain('>\nbecause</textarea>')
    expect(page).toContain('role="alert"')
  })

  it('counts a form sent twice once', async () => {
    const station = aStation(aPoll())
    const both = await Promise.all([1, 2].map(() => postForm(station, { 'answers.where': 'pizza' })))
    expect(both.map(({ status }) => status)).toEqual([303, 303])
    expect(station.results().ballots).toBe(1)
  })

  it('tells a voter kindly that they have voted, with the results', async () => {
    const station = aStation(aPoll())
    await postForm(station, { 'answers.where': 'pizza' })
    const answer = await postForm(station, { 'answers.where': 'sushi' })
    const page = await answer.text()
    expect(answer.status).toBe(409)
    expect(page).toContain('You have already voted. Each voter counts once.')
    expect(page).toContain('1 vote<')
    expect(page).not.toContain('<form')
    expect(answer.headers.getSetCookie()[0]).toMatch(/^receipt=elsewhere;/)
  })

  it('offers the form again where trying again may help', async () => {
    const station = aStation(aPoll())
    station.refuseNext = { reason: 'overloaded', retryAfterSeconds: 3 }
    const answer = await postForm(station, { 'answers.where': 'pizza' })
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '3'])
    expect(await answer.text()).toMatch(/value="pizza"[^>]* checked/)
  })

  it('explains that a vote needs the cookie', async () => {
    const answer = await postForm(aStation(aPoll()), { 'answers.where': 'pizza' }, { cookie: '' })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('did not keep our cookie')
    expect(answer.headers.getSetCookie()[0]).toMatch(/^voter=/)
  })

  it('shows the results of an after-vote poll to whoever has its receipt', async () => {
    const station = aStation(aPoll({ results: 'after-vote' }))
    await postForm(station, { 'answers.where': 'pizza' })
    const look = async (cookie: string) => (await station.app.request(path, { headers: { cookie } })).text()
    expect(await look(`voter=${voter}; receipt=receipt.bal_1`)).toContain('1 vote<')
    expect(await look(`voter=${voter}; receipt=elsewhere`)).toContain('in the browser they voted with')
    expect(await look('')).not.toContain('1 vote<')
  })
})

describe('voting by the page’s script', () => {
  it('answers as the API does, and keeps the receipt', async () => {
    const station = aStation(aPoll())
    const answer = await postJson(station, { answers: pizza })
    expect(answer.status).toBe(201)
    expect(await answer.json()).toEqual({
      id: 'bal_1',
      pollId: 'poll_lunch',
      castAt: '2026-11-24T12:00:00.000Z',
      revision: 1,
      receipt: 'receipt.bal_1',
    })
    expect(answer.headers.getSetCookie()[0]).toMatch(/^receipt=receipt\.bal_1;/)
  })

  it('replays a repeat, and refuses another ballot, with a problem', async () => {
    const station = aStation(aPoll())
    await postJson(station, { answers: pizza })
    const repeat = await postJson(station, { answers: pizza })
    expect([repeat.status, repeat.headers.get('Idempotency-Replayed')]).toEqual([200, 'true'])
    const other = await postJson(station, { answers: { where: ['sushi'] } })
    expect(other.status).toBe(409)
    expect(other.headers.get('Content-Type')).toBe('application/problem+json')
    expect(await other.json()).toMatchObject({ code: 'already-voted' })
  })

  it('points at what is wrong', async () => {
    const answer = await postJson(aStation(aPoll()), { answers: { where: ['burger'] } })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/answers/where/0' }] })
  })
})

describe('a post from elsewhere', () => {
  it.each([
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
    { 'Sec-Fetch-Site': 'same-site', Origin: 'http://other.localhost' },
    { 'Sec-Fetch-Site': '', Origin: 'null' },
    { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' },
  ])('votes for nobody: %o', async (headers) => {
    const station = aStation(aPoll())
    expect((await postForm(station, { 'answers.where': 'pizza' }, headers)).status).toBe(403)
    expect((await postJson(station, { answers: pizza }, headers)).status).toBe(403)
    expect(station.ballots.size).toBe(0)
  })

  it.each([{ 'Sec-Fetch-Site': 'none' }, { 'Sec-Fetch-Site': '', Origin: 'http://localhost' }])(
    'is none when the browser says it is ours: %o',
    async (headers) => {
      expect((await postForm(aStation(aPoll()), { 'answers.where': 'pizza' }, headers)).status).toBe(303)
    },
  )
})

describe('a body', () => {
  it('that is no form and no JSON is refused', async () => {
    const answer = await aStation(aPoll()).app.request(path, {
      method: 'POST',
      body: 'x',
      headers: { 'Content-Type': 'text/plain' },
    })
    expect(answer.status).toBe(415)
  })

  it('longer than a ballot may be is refused', async () => {
    expect((await postForm(aStation(aPoll()), { 'answers.where': 'x'.repeat(65_536) })).status).toBe(413)
    expect((await postJson(aStation(aPoll()), { answers: 'x'.repeat(65_536) })).status).toBe(413)
  })
})

describe('the page’s files', () => {
  it.each([
    [`page.${pageScript.hash}.js`, 'text/javascript; charset=utf-8'],
    [`page.${pageStyle.hash}.css`, 'text/css; charset=utf-8'],
  ])('may be kept for ever: %s', async (file, type) => {
    const answer = await aStation(aPoll()).app.request(`/assets/${file}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe(type)
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  it('have an icon', async () => {
    const answer = await aStation(aPoll()).app.request('/assets/favicon.svg')
    expect(answer.headers.get('Content-Type')).toBe('image/svg+xml')
  })

  it('of an older page are not there', async () => {
    const { app } = aStation(aPoll())
    expect((await app.request('/assets/page.0000000000000000.js')).status).toBe(404)
  })
})
