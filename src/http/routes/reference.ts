// The API's document, as text for programs and as a page for people. Everything the page loads comes from here; what is large is
// published beside this Worker, under names that change with the content.
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { Unavailable } from '../../kernel/unavailable.ts'
import { namesTag } from '../../representation/entity-tag.ts'
import { openApi30File, openApiFile, referenceScript } from '../generated/published.generated.ts'
import { type Http, refused } from '../http.ts'
import { addresses } from '../page/assets.ts'

export const reference = new Hono<Http>()
  .get('/openapi.json', (c) => serve(c, openApiFile))

  .get('/openapi-3.0.json', (c) => serve(c, openApi30File))

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

const serve = async (c: Context<Http>, name: string): Promise<Response> => {
  const tag = `"${name}"`
  const headers = { ETag: tag, 'Cache-Control': 'public, max-age=300' }
  if (namesTag(c.req.header('if-none-match') ?? null, tag)) return c.body(null, 304, headers)
  const found = await c.get('services').publishedFile(name)
  if (!found.ok || found.body === null) throw new Unavailable('published files')
  return c.body(found.body, 200, { ...headers, 'Content-Type': 'application/json' })
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
