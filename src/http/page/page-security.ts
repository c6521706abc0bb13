// What a page may load, who may frame it, and whether a post came from it.
import type { Context } from 'hono'

/** Everything from ourselves, nothing inline; pictures of options from wherever the owner keeps them. */
export const contentSecurityPolicy = (allowedOrigins: readonly string[]): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' https:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${allowedOrigins.length === 0 ? '*' : ["'self'", ...allowedOrigins.filter(isOrigin)].join(' ')}`,
  ].join('; ')

/** Voting for somebody by a form on another site must not work. Browsers say where a post comes from; a caller that
 *  says nothing is no browser, and has no voter's cookie to misuse. */
export const isOwnPost = (c: Context): boolean => {
  const site = c.req.header('Sec-Fetch-Site')
  if (site === 'same-origin' || site === 'none') return true
  const origin = c.req.header('Origin')
  if (origin !== undefined) return origin === new URL(c.req.url).origin
  return site === undefined
}

/** Nothing that would end the directive, or the header. */
const isOrigin = (text: string): boolean => /^https?:\/\/[\w.:[\]-]+$/.test(text)
