// The API's document, as text for programs and as a page for people. Everything the page loads comes from here.
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { namesTag } from '../../representation/entity-tag.ts'
import { openApiHash, openApiText } from '../generated/openapi.generated.ts'
import { referenceScript } from '../generated/reference.generated.ts'
import { type Http, refused } from '../http.ts'
import { as30 } from '../openapi/as-30.ts'
import { addresses } from '../page/assets.ts'

export const reference = new Hono<Http>()
  .get('/openapi.json', (c) => serve(c, `"openapi-${openApiHash}-3.1"`, () => openApiText))

  .get('/openapi-3.0.json', (c) => serve(c, `"openapi-${openApiHash}-3.0"`, text30))

  .get('/docs', (c) =>
    c.html(page, 200, {
      'Cache-Control': 'public, max-age=300',
      'Content-Security-Policy': contentSecurityPolicy,
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    }),
  )

  .get('/docs/:file', async (c) => {
    if (c.req.param('file') !== referenceScript) return refused(c, { reason: 'not-found' })
    const found = await c.get('services').publishedFile(referenceScript)
    if (!found.ok || found.body === null) return refused(c, { reason: 'not-found' })
    return c.body(found.body, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
    })
  })

const serve = (c: Context<Http>, tag: string, text: () => string): Response => {
  const headers = { ETag: tag, 'Cache-Control': 'public, max-age=300' }
  if (namesTag(c.req.header('if-none-match') ?? null, tag)) return c.body(null, 304, headers)
  return c.body(text(), 200, { ...headers, 'Content-Type': 'application/json' })
}

let made30: string | null = null

const text30 = (): string => {
  made30 ??= JSON.stringify(as30(JSON.parse(openApiText)))
  return made30
}

/** Scalar writes its styles into the page, and pictures of its own into them. Scripts are ours, requests stay here. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>edgepoll API</title>
<meta name="description" content="Every operation of the edgepoll API.">
<link rel="icon" href="${addresses.icon}" type="image/svg+xml">
</head>
<body>
<div id="reference"></div>
<noscript>This page needs JavaScript. The same document is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/${referenceScript}"></script>
</body>
</html>
`
