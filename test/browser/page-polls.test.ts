// The voting page with polls that are not like every other: closing, hidden, by invitation, hostile.
import { describe, expect, it } from 'vitest'
import { whySkipped } from './chromium.ts'
import { aHall, isOver, shows, voteButton } from './hall.ts'
import { attack, lunch } from './polls.ts'

describe.skipIf(whySkipped() !== null)('the voting page', () => {
  const { station, visit } = aHall()

  it('remembers, when it is opened again, that one has voted', async () => {
    const { page } = await visit(await station().makePoll(lunch))
    await page.getByLabel('Pizza').click()
    await voteButton(page).click()
    await isOver(page)
    await page.reload()
    await page.getByText('Thank you. Your ballot is counted.').waitFor()
    await page.locator('.option[data-mine]', { hasText: 'Pizza' }).waitFor()
    expect(await page.locator('form').count()).toBe(0)
  })

  it('turns to the final results where the poll closes under one’s hands', async () => {
    const pollId = await station().makePoll(lunch)
    const { page } = await visit(pollId)
    await page.locator('main[data-feed="live"]').waitFor()
    await station().closePoll(pollId)
    await page.getByText('This poll has closed. These are its results.').waitFor()
    await page.getByText('Final results').waitFor()
    expect(await page.getByRole('radio').count()).toBe(0)
    await page.reload()
    await page.getByText('Final results').waitFor()
  })

  it('takes the invite code of the link', async () => {
    const pollId = await station().makePoll({ ...lunch, dedupe: { by: 'invite' } })
    const [code] = await station().invites(pollId, 1)
    const { page } = await visit(pollId)
    await page.getByLabel('Pizza').click()
    await page.getByLabel('Invite code').fill('not-a-code')
    await voteButton(page).click()
    await page.getByText('This invite code is not valid.').waitFor()
    await page.goto(`${page.url()}?code=${code}`)
    await page.getByLabel('Pizza').click()
    await voteButton(page).click()
    await shows(page, 'where.pizza.votes', '1 vote')
  })

  it('lets one change the vote where the poll allows it', async () => {
    const { page } = await visit(await station().makePoll({ ...lunch, revisions: 'until-close' }))
    await page.getByLabel('Pizza').click()
    await voteButton(page).click()
    await shows(page, 'where.pizza.votes', '1 vote')
    await page.getByRole('link', { name: 'Change my vote' }).click()
    expect(await page.getByLabel('Pizza').isChecked()).toBe(true)
    await page.getByLabel('Sushi').click()
    await page.getByRole('button', { name: 'Change my vote' }).click()
    await shows(page, 'where.sushi.votes', '1 vote')
    await shows(page, 'where.pizza.votes', '0 votes')
  })

  it('shows results that follow the vote as soon as one has voted', async () => {
    const { page } = await visit(await station().makePoll({ ...lunch, results: 'after-vote' }))
    expect(await page.locator('[data-slot="where.pizza.votes"]').textContent()).toBe('')
    await page.getByLabel('Pizza').click()
    await voteButton(page).click()
    await shows(page, 'where.pizza.votes', '1 vote')
  })

  it('says kindly that results are private', async () => {
    const { page } = await visit(await station().makePoll({ ...lunch, results: 'hidden' }))
    await page.getByLabel('Pizza').click()
    await voteButton(page).click()
    await page.getByText('The owner of this poll keeps its results private.').waitFor()
  })

  it('says in a second tab that one has already voted, with the results', async () => {
    const visitor = await visit(await station().makePoll(lunch))
    const second = await visitor.page.context().newPage()
    await second.goto(visitor.page.url())
    await visitor.page.getByLabel('Pizza').click()
    await voteButton(visitor.page).click()
    await isOver(visitor.page)
    await second.getByLabel('Sushi').click()
    await voteButton(second).click()
    await second.getByText('You have already voted. Each voter counts once.').waitFor()
    await shows(second, 'where.pizza.votes', '1 vote')
    await shows(second, 'where.sushi.votes', '0 votes')
  })

  it('shows a hostile poll as text', async () => {
    const { page } = await visit(await station().makePoll(attack))
    expect(await page.title()).toBe(attack.title)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(attack.title)
    expect(await page.locator('img, main script').count()).toBe(0)
    await page.getByRole('radio').first().click()
    await voteButton(page).click()
    await isOver(page)
    expect(await page.evaluate('globalThis.hit')).toBeUndefined()
  })
})
