// What the page holds before any script runs.
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { PollPhase } from '../../src/domain/poll/poll.ts'
import { pageScript, pageStyle } from '../../src/http/generated/page-assets.generated.ts'
import { aPoll, aStation, everyKind, now, where } from './page-fixture.ts'

type Draft = Parameters<typeof aPoll>[0]

const pageOf = async (draft: Draft = {}, phase: PollPhase = 'open', cookie = ''): Promise<string> => {
  const { app } = aStation(aPoll(draft, phase))
  return (await app.request('/p/poll_lunch', { headers: { cookie } })).text()
}

describe('the page of an open poll', () => {
  it('is a form with a field for every kind of question', async () => {
    const page = await pageOf({ questions: everyKind })
    expect(page).toContain('<form method="post" action="/p/poll_lunch">')
    expect(page).toContain('<input type="radio" name="answers.where" value="pizza"')
    expect(page).toContain('<input type="checkbox" name="answers.sides" value="fries"')
    expect(page).toContain('<select name="answers.order.mo">')
    expect(page.match(/type="radio" name="answers.stars"/g)).toHaveLength(5)
    expect(page.match(/type="radio" name="answers.nps"/g)).toHaveLength(11)
    expect(page).toContain('name="answers.why" rows="4"')
  })

  it('draws bars with attributes, and has no inline style or script', async () => {
    const page = await pageOf({ questions: everyKind })
    expect(page).toContain('<rect data-bar="where.pizza" width="0%" height="100%"/>')
    expect(page).not.toMatch(/<style|style=|<script(?! type="module" src=)| on[a-z]+=/)
  })

  it('introduces itself to people who share it', async () => {
    const page = await pageOf({ title: 'Lunch?', description: 'Friday at noon' })
    expect(page).toContain('<title>Lunch?</title>')
    expect(page).toContain('<meta name="description" content="Friday at noon">')
    expect(page).toContain('<meta property="og:title" content="Lunch?">')
    expect(page).toContain('<meta property="og:url" content="http://localhost/p/poll_lunch">')
  })

  it('asks for a number where there would be too many places to list', async () => {
    const options = Array.from({ length: 13 }, (_, at) => ({ id: `o${at}`, label: `Option ${at}` }))
    const page = await pageOf({ questions: [{ id: 'order', type: 'ranking', prompt: 'Rank', options }] })
    expect(page).toContain('<input type="number" name="answers.order.o12" min="1" max="13"')
  })

  it('keeps a shuffled order for one voter, and differs between voters', async () => {
    const options = Array.from({ length: 20 }, (_, at) => ({ id: `o${at}`, label: `Option ${at}` }))
    const draft = { questions: [{ ...where, shuffle: true, options }] }
    const order = async (voter: string) =>
      [...(await pageOf(draft, 'open', `voter=${voter}`)).matchAll(/data-label="where\.(o\d+)"/g)].map(
        ([, id]) => id,
      )
    const first = await order('a'.repeat(32))
    expect(await order('a'.repeat(32))).toEqual(first)
    expect(await order('b'.repeat(32))).not.toEqual(first)
    expect([...first].sort()).toEqual(options.map(({ id }) => id).sort())
  })

  it('weighs less than 12 KB with its script and style', async () => {
    const page = await pageOf({ questions: everyKind })
    const weight = [page, pageScript.body, pageStyle.body].reduce(
      (sum, text) => sum + gzipSync(text).length,
      0,
    )
    expect(weight).toBeLessThan(12_000)
  })
})

describe('a poll at another time of its life', () => {
  it.each([
    ['draft', {}, 'draft'],
    ['scheduled', { opensAt: now + 1 }, 'open'],
    ['closed', { closesAt: now }, 'open'],
    ['closed', {}, 'closed'],
  ] as const)('is %s and takes no votes', async (status, draft, phase) => {
    const page = await pageOf(draft, phase)
    expect(page).toContain(`data-status="${status}"`)
    expect(page).not.toContain('<form')
    expect(page).toContain('Pizza')
  })

  it('says that final results are final', async () => {
    expect(await pageOf({}, 'closed')).toContain('<span data-state>Final results</span>')
  })

  it('shows no counts before it opens', async () => {
    expect(await pageOf({ opensAt: now + 1 })).not.toContain('0 votes')
  })
})

describe('results that are hidden', () => {
  it.each(['after-vote', 'after-close', 'hidden'] as const)(
    '(%s) leave no number on the page',
    async (results) => {
      const page = await pageOf({ results, questions: everyKind })
      expect(page).not.toMatch(/\d+ (votes?|ballots?|points?)|\d%(?!")/)
      expect(page).toContain('<span data-slot="ballots"></span>')
    },
  )

  it('are explained once one has voted', async () => {
    const page = await pageOf({ results: 'hidden' }, 'open', 'receipt=receipt.1')
    expect(page).toContain(
      'Thank you. Your ballot is counted. The owner of this poll keeps its results private.',
    )
  })
})

describe('a hostile poll', () => {
  const attack = `"><img src=x onerror=alert(1)>'</textarea><script>alert(2)</script>&lt;`
  const quiet = 'Lunch?'
  const full = (text: string): Draft => ({
    title: text,
    description: text,
    questions: everyKind.map((question) => ({
      ...question,
      prompt: text,
      ...('options' in question && {
        options: question.options.map((option) => ({ ...option, label: text })),
      }),
    })) as NonNullable<Draft>['questions'] & {},
  })

  it('is shown as text: not one tag or attribute more than a friendly one', async () => {
    const marks = (page: string) => page.match(/[<>"']/g)?.join('')
    expect(marks(await pageOf(full(attack)))).toBe(marks(await pageOf(full(quiet))))
  })

  it('cannot break out of a refused answer that is shown again', async () => {
    const { app } = aStation(aPoll({ questions: everyKind }))
    const fields = new URLSearchParams({
      'answers.why': attack,
      'answers.sides': attack,
      'answers.stars': attack,
    })
    const answer = await app.request('/p/poll_lunch', { method: 'POST', body: fields })
    const page = await answer.text()
    expect(answer.status).toBe(400)
    expect(page).toContain('&lt;/textarea&gt;')
    expect(page).not.toContain('<img')
  })

  it('cannot add a directive through an origin', async () => {
    const poll = {
      ...aPoll(),
      allowedOrigins: ['https://a.example', "https://b.example; script-src 'unsafe-inline'"],
    }
    const answer = await aStation(poll).app.request('/p/poll_lunch')
    const policy = answer.headers.get('Content-Security-Policy')
    expect(policy).toMatch(/frame-ancestors 'self' https:\/\/a\.example$/)
  })
})
