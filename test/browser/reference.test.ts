// The API's reference: the whole document as a page, and nothing asked of anybody else.
import { describe, expect, it } from 'vitest'
import { whySkipped } from './chromium.ts'
import { aHall } from './hall.ts'

describe.skipIf(whySkipped() !== null)('the reference', () => {
  const { station, enter } = aHall()

  it('shows every operation, from here alone', async () => {
    // Nothing is open before: leaving a page ends what it was still loading, and that is no failure of this one.
    const { page, findings, picture } = await enter()
    const asked: string[] = []
    const failed: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('requestfailed', (request) => failed.push(request.url()))
    page.on('response', (response) => {
      if (response.status() >= 400) failed.push(response.url())
    })
    await page.goto(`${station().url}/docs`)
    await page.getByRole('heading', { name: 'edgepoll', exact: true }).waitFor()
    await page
      .getByRole('link', { name: /Make a poll/ })
      .first()
      .waitFor()
    await page.goto(`${station().url}/docs#tag/ballots/POST/v1/polls/{pollId}/ballots`)
    await page.getByRole('heading', { name: 'Cast a ballot' }).waitFor()
    await picture('reference')

    const elsewhere = asked.filter((url) => !url.startsWith(station().url) && !/^(data|blob):/.test(url))
    expect([elsewhere, failed]).toEqual([[], []])
    expect(await findings()).toEqual([])
  })
})
