// The shell of every page: head, assets, and nothing a strict Content-Security-Policy would refuse.
import { html } from 'hono/html'
import { addresses } from './assets.ts'

export type Html = ReturnType<typeof html>

export interface Head {
  readonly title: string
  readonly description: string
  readonly image: string | null
  /** Absolute; null on pages not worth sharing. */
  readonly url: string | null
  readonly script: boolean
}

export const document = ({ title, description, image, url, script }: Head, body: Html): Html =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${shortened(description)}">
<meta name="color-scheme" content="light dark">
<meta property="og:type" content="website">
<meta property="og:site_name" content="edgepoll">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${shortened(description)}">
${url !== null && html`<meta property="og:url" content="${url}">`}
${image !== null && html`<meta property="og:image" content="${image}">`}
<link rel="icon" href="${addresses.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${addresses.style}">
${script && html`<script type="module" src="${addresses.script}"></script>`}
</head>
<body>
${body}
</body>
</html>
`

/** Previews cut at about 200 characters; cutting by code points never splits one. */
const shortened = (text: string): string => {
  const points = [...text]
  return points.length > 200 ? `${points.slice(0, 199).join('')}…` : text
}
