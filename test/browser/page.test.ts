// The voting page in a real browser on the running stack: every way to vote, and how it looks.
import { describe, expect, it } from 'vitest'
import { whySkipped } from './chromium.ts'
import { aHall, isOver, shows, voteButton } from './hall.ts'
import { everyKind, lunch } from './polls.ts'

describe.skipIf(whySkipped() !== null)('the voting page', () => {
  const { station, enter, visit } = aHall()

  it('takes a vote by mouse and moves the bar in place', async () => {
    const { page } = await visit(await station().makePoll(lunch))
    const row = page.locator('.option', { hasText: 'Sushi' })
    const before = await row.boundingBox()
    await page.getByLabel('Sushi').click()
    await voteButton(page).click()
    await page.getByText('Thank you. Your ballot is counted.').waitFor()
    await shows(page, 'where.sushi.votes', '1 vote')
    await shows(page, 'where.sushi.share', '100%')
    expect(await page.locator('[data-bar="where.sushi"]').getAttribute('width')).toBe('100%')
    expect(await row.boundingBox()).toEqual(before)
    expect(await page.getByRole('radio').count()).toBe(0)
  })

  it('takes a whole ballot by keyboard alone', async () => {
    const pollId = await station().makePoll({ title: 'Team day', questions: everyKind })
    const { page } = await visit(pollId)
    await page.locator('main[data-feed="live"]').waitFor()
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await press('Tab', 'ArrowDown') // from the first radio to the second: Sushi
    await press('Tab', 'Space', 'Tab', 'Tab', 'Space') // Fries and Soup
    await press('Tab', 'Tab', 'Tab', 'Space') // past Monday and Wednesday to Friday: now first
    expect(await page.locator('.ranks [data-option]').first().getAttribute('data-option')).toBe('fr')
    await press('Tab', 'Space') // Friday has nowhere to move, so this is Monday: second
    await press('Tab', 'Space') // Monday up: first
    await page.getByText('Monday: 1st of 2').waitFor({ state: 'attached' })
    await page.locator('[name="answers.stars"]').first().focus()
    await press('ArrowRight', 'ArrowRight', 'ArrowRight') // four stars
    await page.locator('[name="answers.nps"]').first().focus()
    await press('ArrowLeft') // round the corner: 10
    await page.locator('textarea').focus()
    await page.keyboard.type('close by')
    await voteButton(page).focus()
    await press('Enter')
    await isOver(page)
    await shows(page, 'where.sushi.votes', '1 vote')
    await shows(page, 'sides.soup.votes', '1 vote')
    await shows(page, 'order.mo.share', '2 points')
    await shows(page, 'order.fr.share', '1 point')
    await shows(page, 'stars.mean', '4.0')
    await shows(page, 'nps.score', '\\+100')
    await shows(page, 'why.ballots', '1 answer')
    expect(await page.evaluate('document.activeElement.textContent')).toBe(
      'Thank you. Your ballot is counted.',
    )
  })

  it('tells what one view in ten waited for, and nothing else', async () => {
    const { page, trouble } = await visit(await station().makePoll(lunch))
    await page.addInitScript(`
      Math.random = () => 0 // this view is one of them
      const send = navigator.sendBeacon.bind(navigator)
      navigator.sendBeacon = (url, body) => {
        globalThis.beacon = body.text() // the protocol of the browser's tools does not show it
        return send(url, body)
      }`)
    const loaded = page.waitForResponse((response) => response.url().endsWith('/assets/vitals.js'))
    await page.reload()
    await loaded
    await page.getByLabel('Sushi').click()
    await voteButton(page).click()
    await isOver(page)
    const answered = page.waitForResponse((response) => response.url().endsWith('/v1/rum'))
    await page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)
    expect((await answered).status()).toBe(204)
    const told = JSON.parse(await page.evaluate<string>('globalThis.beacon'))
    expect(Object.keys(told)).toContain('vote')
    expect(
      Object.keys(told).filter((name) => !['cls', 'fcp', 'inp', 'lcp', 'ttfb', 'vote'].includes(name)),
    ).toEqual([])
    expect(trouble).toEqual([])
  })

  it('works without JavaScript', async () => {
    const pollId = await station().makePoll({ title: 'Team day', questions: everyKind })
    const visitor = await visit(pollId, { javaScriptEnabled: false })
    const { page } = visitor
    await page.getByLabel('Sushi').check()
    for (const side of ['Fries', 'Salad', 'Soup']) await page.getByLabel(side).check()
    await page.getByLabel('Friday').selectOption('1st')
    await voteButton(page).click()
    await page.getByText('Please look at the marked questions.').waitFor()
    expect(await page.getByLabel('Sushi').isChecked()).toBe(true)
    await page.getByLabel('Salad').uncheck()
    await voteButton(page).click()
    await page.getByText('Thank you. Your ballot is counted.').waitFor()
    await page.reload() // the results may be a moment behind the ballot
    expect(await station().ballots(pollId)).toBe(1)
    await visitor.picture('without-javascript')
  })

  it('moves nothing by itself while it comes to life', async () => {
    const draft = { title: 'Team day', questions: everyKind, closesAt: '2099-12-31T23:59:00Z' }
    for (const viewport of [
      { width: 1280, height: 2400 },
      { width: 320, height: 2400 },
    ]) {
      const visitor = await visit(await station().makePoll(draft), { viewport })
      await visitor.page.locator('main[data-feed="live"]').waitFor()
      expect(await visitor.shift()).toBeLessThan(0.01)
    }
  })

  it('fits a phone of 320 pixels', async () => {
    const pollId = await station().makePoll({
      title: 'Team day',
      description: 'w'.repeat(80),
      questions: everyKind,
    })
    const visitor = await visit(pollId, { viewport: { width: 320, height: 568 } })
    expect(await visitor.overflow()).toBe(0)
    await visitor.picture('phone-vote')
    await visitor.page.getByLabel('Pizza').click()
    await voteButton(visitor.page).click()
    await isOver(visitor.page)
    expect(await visitor.overflow()).toBe(0)
    await visitor.picture('phone-results')
  })

  it.each(['light', 'dark'] as const)('is accessible in %s, before and after voting', async (colorScheme) => {
    const pollId = await station().makePoll({ title: 'Team day', questions: everyKind })
    const visitor = await visit(pollId, { colorScheme, reducedMotion: 'reduce' })
    const { page } = visitor
    await page.locator('main[data-feed="live"]').waitFor()
    await voteButton(page).click()
    await page.getByText('Please answer this question.').waitFor()
    await page.getByLabel('Pizza').click()
    await page.getByRole('button', { name: 'Rank Monday' }).click()
    expect(await visitor.findings()).toEqual([])
    await visitor.picture(`${colorScheme}-vote`)
    await voteButton(page).click()
    await shows(page, 'where.pizza.votes', '1 vote')
    expect(await visitor.findings()).toEqual([])
    await visitor.picture(`${colorScheme}-results`)
  })

  it('moves the bars of everybody who watches', async () => {
    const pollId = await station().makePoll(lunch)
    const watcher = await visit(pollId)
    const voter = await visit(pollId)
    await watcher.page.locator('main[data-feed="live"]').waitFor()
    await voter.page.getByLabel('Pizza').click()
    await voteButton(voter.page).click()
    await shows(watcher.page, 'where.pizza.votes', '1 vote')
    await watcher.page.locator('[data-bar="where.pizza"][width="100%"]').waitFor()
    await shows(watcher.page, 'ballots', '1 ballot')
  })

  it('goes on live where no WebSocket can be had', async () => {
    const pollId = await station().makePoll(lunch)
    const watcher = await enter()
    await watcher.page.addInitScript(noSockets)
    await watcher.page.goto(`${station().url}/p/${pollId}`)
    await watcher.page.locator('main[data-feed="live"]').waitFor()
    const voter = await visit(pollId)
    await voter.page.getByLabel('Pizza').click()
    await voteButton(voter.page).click()
    await shows(watcher.page, 'where.pizza.votes', '1 vote')
    await station().closePoll(pollId)
    await watcher.page.locator('main[data-feed="final"]').waitFor()
    await shows(watcher.page, 'ballots', '1 ballot')
  })

  it('counts a double click once', async () => {
    const pollId = await station().makePoll(lunch)
    const { page } = await visit(pollId)
    await page.getByLabel('Pizza').click()
    await voteButton(page).dblclick()
    await shows(page, 'where.pizza.votes', '1 vote')
    expect(await station().ballots(pollId)).toBe(1)
  })
})

/** As where a proxy lets no upgrade through: every socket ends before it opens. */
const noSockets = `globalThis.WebSocket = class {
  constructor() { setTimeout(() => this.onclose?.({ code: 1006, reason: '' })) }
  send() {}
  close() {}
}`
