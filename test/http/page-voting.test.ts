// Voting on the page, by plain form and by its script.
import { describe, expect, it } from 'vitest'
import { aPoll, aStation } from './page-fixture.ts'
import { path, pizza, postForm, postJson, voter } from './page-posts.ts'

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
    expect(answer.headers.getSetCookie()[0]).toMatch(/^receipt=receipt\.bal_1;/)
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

describe('a voter who has voted', () => {
  it('elsewhere, under an address others share, is told so without their receipt', async () => {
    const station = aStation(aPoll({ results: 'after-vote' }))
    station.refuseNext = { reason: 'already-voted' }
    const answer = await postForm(station, { 'answers.where': 'pizza' })
    expect(answer.headers.getSetCookie()[0]).toMatch(/^receipt=elsewhere;/)
    expect(await answer.text()).toContain('in the browser they voted with')
  })

  it('may change the ballot where the poll allows it, starting from what stands', async () => {
    const station = aStation(aPoll({ revisions: 'until-close' }))
    await postForm(station, { 'answers.where': 'sushi' })
    const look = async (query: string) =>
      (
        await station.app.request(path + query, {
          headers: { cookie: `voter=${voter}; receipt=receipt.bal_1` },
        })
      ).text()
    expect(await look('')).toContain('<a href="/p/poll_lunch?change">Change my vote</a>')
    const form = await look('?change')
    expect(form).toMatch(/value="sushi"[^>]* checked/)
    expect(form).toContain('<button class="cast">Change my vote</button>')
  })

  it('may not where it does not', async () => {
    const { app } = aStation(aPoll())
    const page = await app.request(`${path}?change`, {
      headers: { cookie: `voter=${voter}; receipt=receipt.bal_1` },
    })
    expect(await page.text()).not.toContain('<form')
  })
})

describe('a poll by invitation', () => {
  const draft = { dedupe: { by: 'invite' } } as const

  it('asks for the code, and has the one from the link', async () => {
    const answer = await aStation(aPoll(draft)).app.request(`${path}?code=AB12-"CD`)
    expect(await answer.text()).toContain('name="code" value="AB12-&quot;CD" required')
  })

  it('shows the code beside the answers, from form and script alike', async () => {
    const station = aStation(aPoll(draft))
    await postForm(station, { 'answers.where': 'pizza', code: ' AB12 ' })
    expect(station.shown).toEqual({ inviteCode: 'AB12', voterToken: null })
    await postJson(station, { answers: pizza, inviteCode: 'AB12' })
    expect(station.shown).toEqual({ inviteCode: 'AB12', voterToken: null })
  })

  it('keeps a refused code for mending', async () => {
    const station = aStation(aPoll(draft))
    station.refuseNext = { reason: 'invite-invalid' }
    const answer = await postForm(station, { 'answers.where': 'pizza', code: 'AB12' })
    expect(answer.status).toBe(403)
    expect(await answer.text()).toMatch(/This invite code is not valid[\s\S]*value="AB12"/)
  })
})

describe('a poll for people its owner knows', () => {
  const draft = {
    dedupe: { by: 'account', keys: [{ kid: 'k', alg: 'HS256', secret: 's'.repeat(43) }] },
  } as const

  it('carries the token of the link on to the ballot', async () => {
    const station = aStation(aPoll(draft))
    const page = await (await station.app.request(`${path}?token=a.b.c`)).text()
    expect(page).toContain('<input type="hidden" name="token" value="a.b.c">')
    await postForm(station, { 'answers.where': 'pizza', token: 'a.b.c' })
    expect(station.shown).toEqual({ inviteCode: null, voterToken: 'a.b.c' })
  })

  it('says without one how to come by it, before anybody fills the form in', async () => {
    const page = await (await aStation(aPoll(draft)).app.request(path)).text()
    expect(page).not.toContain('<form')
    expect(page).toContain('open it by the link they gave you')
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
