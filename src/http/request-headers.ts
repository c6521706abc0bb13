// The request headers that are ours to read, checked.
import { accept, type Result, refuse } from '../kernel/result.ts'

interface HeaderRefusal {
  readonly reason: 'header-invalid'
  readonly detail: string
}

const visible = /^[\x21-\x7e]+$/

/** null: the header is not there. */
export const voterId = (headers: Headers): Result<string | null, HeaderRefusal> => {
  const value = headers.get('voter-id')
  if (value === null) return accept(null)
  return value.length >= 16 && value.length <= 128 && visible.test(value)
    ? accept(value)
    : refuse({ reason: 'header-invalid', detail: 'Voter-Id must be 16 to 128 visible ASCII characters.' })
}

/** null: the header is not there. Taken verbatim, except that the quoted form of the RFC draft is the same key. */
export const idempotencyKey = (headers: Headers): Result<string | null, HeaderRefusal> => {
  const sent = headers.get('idempotency-key')
  if (sent === null) return accept(null)
  const value = /^"(.*)"$/.exec(sent)?.[1] ?? sent
  return value.length >= 1 && value.length <= 255 && visible.test(value)
    ? accept(value)
    : refuse({
        reason: 'header-invalid',
        detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters.',
      })
}

/** Where the platform says a request comes from. */
export const originOf = (
  request: Request,
): { readonly country: string | null; readonly region: string | null } => {
  const { country, continent } = (request.cf ?? {}) as { country?: unknown; continent?: unknown } // checked below
  return { country: twoLetters(country), region: twoLetters(continent) }
}

/** The platform's code of the location that this runs at; '' where it says none. */
export const coloOf = (request: Request): string => {
  const { colo } = (request.cf ?? {}) as { colo?: unknown } // checked below
  return typeof colo === 'string' && /^[A-Z]{3}$/.test(colo) ? colo : ''
}

const twoLetters = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Z][A-Z0-9]$/.test(value) ? value : null
