// Shows the API's document as a page, with Scalar. Comes after Scalar's own script, in the same file.

interface Scalar {
  createApiReference(place: string, configuration: Readonly<Record<string, unknown>>): unknown
}

// What the script before this one left.
const { Scalar } = globalThis as unknown as { readonly Scalar: Scalar }

Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  theme: 'default',
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

export {}
