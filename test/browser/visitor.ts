// A person with a browser of their own: a page, what troubled it, and what axe finds on it.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

export interface Visitor {
  readonly page: Page
  /** Script errors and what the Content-Security-Policy forbade. */
  readonly trouble: readonly string[]
  /** Serious and critical findings of axe-core. */
  findings(): Promise<readonly string[]>
  /** How much has moved by itself since the page opened: its cumulative layout shift. */
  shift(): Promise<number>
  /** Whether anything sticks out to the right. */
  overflow(): Promise<number>
  picture(name: string): Promise<void>
  leave(): Promise<void>
}

const pictures = mkdtempSync(join(tmpdir(), 'edgepoll-pictures-'))
console.log(`Screenshots: ${pictures}`)

export const aVisitor = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  await page.addInitScript(`
    globalThis.shift = 0
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.shift += value
    }).observe({ type: 'layout-shift', buffered: true })
  `)
  const trouble: string[] = []
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('console', (message) => {
    // A refused ballot is a 4xx, which the console reports as well; that is no trouble.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      trouble.push(message.text())
  })
  return {
    page,
    trouble,
    findings: async () => {
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate<{ violations: Finding[] }>('axe.run()')
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    },
    shift: () =>
      page.evaluate<number>(
        'new Promise((told) => requestAnimationFrame(() => setTimeout(() => told(globalThis.shift))))',
      ),
    overflow: () =>
      page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    picture: async (name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
    },
    leave: () => context.close(),
  }
}

interface Finding {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly html: string }[]
}
