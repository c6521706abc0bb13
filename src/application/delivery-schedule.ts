// When an event that was not taken is sent again: the schedule that Standard Webhooks gives as its example.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** After the first attempt, which is made at once; about three days in all. */
const waitsMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const

export const mostAttempts = waitsMs.length + 1

/** How long after an attempt began the next is due, ms, by attempts made before it. Each is up to a tenth longer by chance,
 *  so that what failed together does not come back together. The last is for an attempt whose end nobody heard of. */
export const delaysMs = (fraction: number): readonly number[] =>
  [...waitsMs, 5 * minute].map((waitMs) => Math.round(waitMs * (1 + fraction / 10)))
