// Turnstile's siteverify for a laptop without a network: answers the published test secrets as documented, and never
// says yes to anything else (developers.cloudflare.com/turnstile/troubleshooting/testing).
import { type JsonServer, startJsonServer } from './json-server.ts'

const passes = /^1x0+[0-9A-Za-z]*$/
const fails = /^2x0+[0-9A-Za-z]*$/
const spent = /^3x0+[0-9A-Za-z]*$/

export const startSiteverify = ({ port = 0 }: { readonly port?: number } = {}): Promise<JsonServer> =>
  startJsonServer({
    port,
    maxBytes: 64 * 1024,
    refuse: (status, message) => ({
      status,
      body: { success: false, 'error-codes': ['bad-request'], message },
    }),
    handle: async ({ body }) => ({ status: 200, body: verdict(body) }),
  })

/** As siteverify answers: `success`, and if not, why. */
export const verdict = (
  body: unknown,
): { readonly success: boolean; readonly 'error-codes': readonly string[] } => {
  const { secret, response } = (body ?? {}) as { secret?: unknown; response?: unknown } // checked in what follows
  if (typeof secret !== 'string' || secret === '') return no('missing-input-secret')
  if (typeof response !== 'string' || response === '') return no('missing-input-response')
  if (passes.test(secret)) return { success: true, 'error-codes': [] }
  if (fails.test(secret)) return no('invalid-input-response')
  return spent.test(secret) ? no('timeout-or-duplicate') : no('invalid-input-secret')
}

const no = (code: string) => ({ success: false, 'error-codes': [code] })
