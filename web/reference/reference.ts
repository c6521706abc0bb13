// Shows the API's document as a page, with Scalar. Comes after Scalar's own script, in the same file.

interface Scalar {
  createApiReference(place: string, configuration: Readonly<Record<string, unknown>>): unknown
}

// What the script before this one left.
const { Scalar } = globalThis as unknown as { readonly Scalar: Scalar }

/** The theme's own greys and colours are too faint on white to be read by everybody (WCAG AA). */
const legible = `.light-mode {
  --scalar-color-2: #4a4a4a;
  --scalar-color-3: #5f5f5f;
  --scalar-color-green: #067539;
  --scalar-color-blue: #0b5fb3;
  --scalar-color-yellow: #7d5700;
  --scalar-color-orange: #a34300;
  --scalar-color-red: #b81414;
}`

Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  theme: 'default',
  customCss: legible,
  orderSchemaPropertiesBy: 'preserve',
  // Nothing is asked of anybody else: no fonts, no counting of readers, no agent, no client elsewhere.
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  defaultOpenAllTags: false,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  authentication: { preferredSecurityScheme: 'ApiKey' },
})

/** Its copy buttons show a picture only, which nobody can hear; its lists of endpoints scroll once they are long, which nobody
 *  can without a mouse; its buttons that show more are called other than they read, so that nobody can say them. */
const makeReachable = () => {
  for (const button of document.querySelectorAll('.scalar-code-copy:not([aria-label])'))
    button.setAttribute('aria-label', 'Copy')
  for (const list of document.querySelectorAll('ul.endpoints:not([tabindex])'))
    list.setAttribute('tabindex', '0')
  for (const button of document.querySelectorAll('button.show-more')) {
    const name = button.getAttribute('aria-label') ?? ''
    const text = button.textContent?.trim() ?? ''
    if (!name.startsWith(text)) button.setAttribute('aria-label', `${text}: ${name}`)
  }
}

new MutationObserver(makeReachable).observe(document.body, { childList: true, subtree: true })

export {}
