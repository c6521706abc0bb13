// Times in statements that are written by hand: milliseconds here, timestamps there.
import { type SQL, sql } from 'drizzle-orm'

export const instantOf = (ms: number): SQL => sql`to_timestamp(${ms}::bigint / 1000.0)`

export const instantOrNull = (ms: number | null): SQL =>
  ms === null ? sql`null::timestamptz` : instantOf(ms)

/** A column of ours as milliseconds, which come as text. */
export const msOf = (column: string): SQL => sql.raw(`(extract(epoch from ${column}) * 1000)::bigint`)

/** What `msOf` gave. */
export const msOrNull = (text: string | null): number | null => (text === null ? null : Number(text))
