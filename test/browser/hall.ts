// Where the browser tests take place: one running stack, one browser, and visitors who leave without trouble.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { launch } from './chromium.ts'
import { openStation, type Station } from './station.ts'
import { aVisitor, type Visitor } from './visitor.ts'

export interface Hall {
  readonly station: () => Station
  /** Somebody with a browser of their own, who has opened nothing yet. */
  enter(options?: BrowserContextOptions): Promise<Visitor>
  /** Somebody with a browser of their own opens a poll's page. */
  visit(pollId: string, options?: BrowserContextOptions): Promise<Visitor>
}

/** Opens before the tests of a file and closes after them. No script may fail and no policy be broken in any of them. */
export const aHall = (): Hall => {
  let station: Station | null = null
  let browser: Browser | null = null
  const visitors: Visitor[] = []

  beforeAll(async () => {
    station = await openStation()
    browser = await launch()
  })

  afterEach(async () => {
    for (const visitor of visitors.splice(0)) {
      expect(visitor.trouble).toEqual([])
      await visitor.leave()
    }
  })

  afterAll(async () => {
    await browser?.close()
    await station?.close()
  })

  const enter = async (options: BrowserContextOptions = {}): Promise<Visitor> => {
    const visitor = await aVisitor(given(browser), options)
    visitors.push(visitor)
    return visitor
  }

  return {
    station: () => given(station),
    enter,
    visit: async (pollId, options) => {
      const visitor = await enter(options)
      await visitor.page.goto(`${given(station).url}/p/${pollId}`)
      return visitor
    },
  }
}

export const voteButton = (page: Page) => page.getByRole('button', { name: 'Vote', exact: true })

/** Waits for the page to show a text in one of its slots. */
export const shows = (page: Page, slot: string, text: string): Promise<void> =>
  page.locator(`[data-slot="${slot}"]`, { hasText: new RegExp(`^${text}$`) }).waitFor()

/** Waits until the controls have gone. */
export const isOver = (page: Page): Promise<void> => page.locator('main[data-view="look"]').waitFor()

const given = <Thing>(thing: Thing | null): Thing => {
  if (thing === null) throw new Error('the hall is not open yet')
  return thing
}
