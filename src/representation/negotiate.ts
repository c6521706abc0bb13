// Which representation a client wants, by Accept with its q-values.
import Negotiator from 'negotiator'

/** The best of `offered` (in our order of preference), or null where none is acceptable: 406. */
export const negotiate = (accept: string | null, offered: readonly string[]): string | null => {
  const first = offered[0] ?? null
  // What nearly every client sends; parsing it would cost more than the rest of a read from memory.
  if (accept === null || accept.trim() === '' || accept === '*/*' || accept === first) return first
  // None of our formats has a charset to choose, and many libraries name one all the same.
  const plain = accept.replace(/;\s*charset\s*=\s*("[^"]*"|[^;,\s]*)/gi, '')
  return new Negotiator({ headers: { accept: plain } }).mediaType([...offered]) ?? null
}
