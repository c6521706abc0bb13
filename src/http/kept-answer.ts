// A first answer as it is kept: sealed, because it may carry a secret that is shown once.
import type { Bytes } from '../kernel/bytes.ts'
import type { Random } from '../kernel/random.ts'
import { seal, unseal } from '../kernel/seal.ts'

export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Bytes | null
}

/** The rest belongs to one request, or is put on by `respond`. */
const kept = ['cache-control', 'content-type', 'edgepoll-written', 'etag', 'location', 'vary'] as const
const newline = 10

/** A line of JSON, and the body's bytes after it. */
export const sealAnswer = async (
  key: Bytes,
  id: string,
  answer: Response,
  random: Pick<Random, 'bytes'>,
): Promise<string> => {
  const headers = kept.flatMap((name) => {
    const value = answer.headers.get(name)
    return value === null ? [] : [[properly(name), value] as const]
  })
  const head = new TextEncoder().encode(`${JSON.stringify({ status: answer.status, headers })}\n`)
  const body = new Uint8Array(await answer.arrayBuffer())
  const whole = new Uint8Array(head.byteLength + body.byteLength)
  whole.set(head)
  whole.set(body, head.byteLength)
  return seal(key, id, whole, random)
}

/** Rejects where it does not open: whoever claims under this id has the key, so it has been changed. */
export const openAnswer = async (key: Bytes, id: string, sealed: string): Promise<KeptAnswer> => {
  const whole = await unseal(key, id, sealed)
  if (whole === null) throw new Error('a first answer does not open')
  const end = whole.indexOf(newline)
  const { status, headers } = JSON.parse(new TextDecoder().decode(whole.subarray(0, end))) // as written above
  const body = whole.slice(end + 1)
  return { status, headers: Object.fromEntries(headers), body: status === 204 ? null : body }
}

/** `Content-Type` of `content-type`: so that a header of the answer and one of ours are one. */
const properly = (name: string): string =>
  name === 'etag' ? 'ETag' : name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
