// What a million ballots cost: list prices as data, and the sum of what was counted at them.

/** US dollars, beyond what the paid plan includes: the developer pages of Cloudflare (Workers, Durable Objects with SQLite,
 *  Queues) and Upstash (pay as you go), as docs/design (platform) has them. Looked at on `pricesOf`. */
export const prices = {
  workersRequest: 0.3 / 1e6,
  workersCpuMs: 0.02 / 1e6,
  objectRequest: 0.15 / 1e6,
  objectGbSecond: 12.5 / 1e6,
  rowRead: 0.001 / 1e6,
  rowWritten: 1 / 1e6,
  queueOperation: 0.4 / 1e6,
  redisCommand: 0.2 / 1e5,
} as const

export const pricesOf = '2026-11'

/** How much of each was used. */
export type Usage = Readonly<Record<keyof typeof prices, number>>

/** The dollars of each, in the price list's order. */
export const dollarsOf = (usage: Usage): Usage => mapped((item) => usage[item] * prices[item])

/** @example totalOf(dollarsOf(usage)) // dollars */
export const totalOf = (usage: Usage): number => Object.values(usage).reduce((sum, each) => sum + each, 0)

/** The same usage a million ballots, when it was that of so many. */
export const perMillion = (usage: Usage, ballots: number): Usage =>
  mapped((item) => (usage[item] * 1e6) / ballots)

const mapped = (of: (item: keyof Usage) => number): Usage =>
  Object.fromEntries(items.map((item) => [item, of(item)])) as Record<keyof Usage, number> // every item is there

const items = Object.keys(prices) as (keyof typeof prices)[]
