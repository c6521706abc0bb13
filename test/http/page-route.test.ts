// The page's routes: what opens, what is refused, and the files it loads.
import { describe, expect, it } from 'vitest'
import { pageScript, pageStyle } from '../../src/http/generated/page-assets.generated.ts'
import { aPoll, aStation } from './page-fixture.ts'
import { path, pizza, postForm, postJson, voter } from './page-posts.ts'

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

describe('when counting is away', () => {
  it('a person is told so, and when to come back', async () => {
    const answer = await aStation(aPoll()).app.request('/p/poll_away')
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '1'])
    expect(await answer.text()).toContain('please try again')
  })

  it('anything else is left to the app to answer', async () => {
    const seen: Error[] = []
    const { app } = aStation(aPoll())
    app.onError((error, c) => {
      seen.push(error)
      return c.body(null, 503)
    })
    const json = { method: 'POST', body: '{"answers":{}}', headers: { 'Content-Type': 'application/json' } }
    expect((await app.request('/p/poll_broken', json)).status).toBe(503)
    expect(seen.map(({ message }) => message)).toEqual(['broken'])
  })
})

describe('a form that breaks off', () => {
  it('is refused with a sentence, and nothing is counted', async () => {
    const station = aStation(aPoll())
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error('the connection was lost')),
    })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' }
    const answer = await station.app.request('/p/poll_lunch', {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
    } as RequestInit) // duplex is of fetch, not yet of its types
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([400, 'text/html; charset=UTF-8'])
    expect(station.ballots.size).toBe(0)
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
