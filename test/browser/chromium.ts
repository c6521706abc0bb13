// The browser of the browser suite, and why it is skipped where there is none.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const { CHROMIUM_PATH, EDGEPOLL_FORBID_SKIP } = process.env

const path = [CHROMIUM_PATH || '/usr/bin/chromium'].find(existsSync)

/** null: it can run. */
export const whySkipped = (): string | null => {
  if (path !== undefined) return null
  const why = 'no Chromium at CHROMIUM_PATH or /usr/bin/chromium'
  if (EDGEPOLL_FORBID_SKIP === '1') throw new Error(`EDGEPOLL_FORBID_SKIP=1 and ${why}`)
  console.log(`Skipping the browser tests: ${why}.`)
  return why
}

export const launch = (): Promise<Browser> => {
  if (path === undefined) throw new Error('there is no Chromium')
  return chromium.launch({ executablePath: path, args: [...flags] })
}

/** As root there is no sandbox; the rest keeps it from calling home. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const
