// Chance that repeats: everything random in a simulation is drawn from one seed.
import type { Bytes } from '../../../src/kernel/bytes.ts'
import type { Random } from '../../../src/kernel/random.ts'

export interface Chance extends Random {
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number
  /** Any number from `least` up to `most`. */
  between(least: number, most: number): number
  happens(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  shuffled<Item>(items: readonly Item[]): Item[]
  /** A stream of its own: what is drawn from it does not move what others draw. */
  fork(name: string): Chance
}

export const chanceOf = (seed: number | string): Chance => {
  const fraction = sfc32(String(seed))
  const below = (limit: number) => Math.floor(fraction() * limit)
  return {
    fraction,
    below,
    between: (least, most) => least + fraction() * (most - least),
    happens: (probability) => fraction() < probability,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('there is nothing to pick from')
      return item
    },
    shuffled: (items) => {
      const rest = [...items]
      return items.flatMap(() => rest.splice(below(rest.length), 1))
    },
    bytes: (length): Bytes => Uint8Array.from({ length }, () => below(256)),
    fork: (name) => chanceOf(`${seed}/${name}`),
  }
}

/** Small fast counter, 32 bits: passes PractRand, needs no big numbers. */
const sfc32 = (seed: string): (() => number) => {
  let [a, b, c, counter] = spread(seed)
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  for (let at = 0; at < 12; at++) next() // until the seed's bits have met each other
  return next
}

/** Four words of a text (FNV-1a from four starts). */
const spread = (text: string): [number, number, number, number] => {
  const word = (start: number) => {
    let sum = start
    for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 16_777_619)
    return sum | 0
  }
  return [word(2_166_136_261), word(1_779_033_703), word(3_144_134_277), word(1)]
}
