// Opaque cursors: where a page ended, in a form that nobody should read anything into.
import type { PollPlace } from '../application/list-polls.ts'
import { fromBase64Url, toBase64Url } from '../kernel/bytes.ts'

export const cursorOf = ({ createdAt, id }: PollPlace): string =>
  toBase64Url(new TextEncoder().encode(`${createdAt}.${id}`))

/** null: no cursor of ours. `prefix` is that of the ids in the list. */
export const placeOf = (cursor: string, prefix = 'poll'): PollPlace | null => {
  if (!/^[A-Za-z0-9_-]{8,120}$/.test(cursor)) return null
  const [, createdAt, id] =
    /^(\d{1,15})\.([a-z]+_[0-9a-z]{1,40})$/.exec(new TextDecoder().decode(fromBase64Url(cursor))) ?? []
  return createdAt === undefined || id === undefined || !id.startsWith(`${prefix}_`)
    ? null
    : { createdAt: Number(createdAt), id }
}
