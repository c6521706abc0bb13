// Which representation a client wants, by Accept with its q-values.
import Negotiator from 'negotiator'

/** The best of `offered` (in our order of preference), or null where none is acceptable: 406. */
export const negotiate = (accept: string | null, offered: readonly string[]): string | null =>
  new Negotiator({ headers: { accept: accept ?? '*/*' } }).mediaType([...offered]) ?? null
