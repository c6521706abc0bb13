// Opaque cursors: where a page ended, in a form that nobody should read anything into.
import type { PollPlace } from '../application/list-polls.ts'
import { fromBase64Url, toBase64Url } from '../kernel/bytes.ts'

export const cursorOf = ({ createdAt, id }: PollPlace): string =>
  toBase64Url(new TextEncoder().encode(`${createdAt}.${id}`))

/** Where a page of one list ended: `name` is the list's, so that no other takes its cursors. */
export const cursorTo = (name: string, place: string): string =>
  toBase64Url(new TextEncoder().encode(`${name}.${place}`))

/** The place that a cursor of this list names, if it is of the form; null: no cursor of ours. */
export const placeIn = (name: string, form: RegExp, cursor: string): string | null => {
  if (!/^[A-Za-z0-9_-]{4,120}$/.test(cursor)) return null
  const text = new TextDecoder().decode(fromBase64Url(cursor))
  const place = text.startsWith(`${name}.`) ? text.slice(name.length + 1) : ''
  return form.test(place) ? place : null
}

/** null: no cursor of ours. `prefix` is that of the ids in the list. */
export const placeOf = (cursor: string, prefix = 'poll'): PollPlace | null => {
  if (!/^[A-Za-z0-9_-]{8,120}$/.test(cursor)) return null
  const [, createdAt, id] =
    /^(\d{1,15})\.([a-z]+_[0-9a-z]{1,40})$/.exec(new TextDecoder().decode(fromBase64Url(cursor))) ?? []
  return createdAt === undefined || id === undefined || !id.startsWith(`${prefix}_`)
    ? null
    : { createdAt: Number(createdAt), id }
}
