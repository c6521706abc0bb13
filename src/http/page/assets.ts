// The page's files. Their names change with their content, so a browser may keep them for ever.
import { pageScript, pageStyle, pageVitals } from '../generated/page-assets.generated.ts'

export interface Asset {
  readonly body: string
  readonly type: string
  readonly cache: string
}

const forEver = 'public, max-age=31536000, immutable'
const forADay = 'public, max-age=86400'

/** Two marks on a ballot; its colour is the page's accent. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4a34c7"/><path d="M8 21h7M8 11h16" stroke="#fff" stroke-width="5" stroke-linecap="round" fill="none"/></svg>`

const script = `page.${pageScript.hash}.js`
const style = `page.${pageStyle.hash}.css`

/** File name under /assets → the file. A stale name is not among them. */
export const files: ReadonlyMap<string, Asset> = new Map([
  [script, { body: pageScript.body, type: 'text/javascript; charset=utf-8', cache: forEver }],
  [style, { body: pageStyle.body, type: 'text/css; charset=utf-8', cache: forEver }],
  // By one view in ten, after everything else: its name is in the page's script, where a hash would weigh more than it saves.
  ['vitals.js', { body: pageVitals.body, type: 'text/javascript; charset=utf-8', cache: forADay }],
  ['favicon.svg', { body: icon, type: 'image/svg+xml', cache: forADay }],
])

export const addresses = {
  script: `/assets/${script}`,
  style: `/assets/${style}`,
  icon: '/assets/favicon.svg',
}
