// Chance that can be repeated: the same seed gives the same numbers on every machine.

export type Random = () => number

/** Numbers in [0, 1) from a seed: sfc32, started from an FNV-1a hash of the seed's text.
 *
 *  @example seededRandom('a')() === seededRandom('a')() // true */
export const seededRandom = (seed: number | string): Random => {
  let a = hash(`a${seed}`)
  let b = hash(`b${seed}`)
  let c = hash(`c${seed}`)
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let warm = 0; warm < 12; warm++) next() // seeds that differ little differ in every bit after this
  return next
}

/** A new list with the same members in an order drawn by `random` (Fisher–Yates). */
export const shuffled = <Member>(members: readonly Member[], random: Random): Member[] => {
  const list = [...members]
  for (let last = list.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1))
    const kept = list[last] as Member // inside the list: 0 < last < length
    list[last] = list[pick] as Member // inside the list: 0 <= pick <= last
    list[pick] = kept
  }
  return list
}

const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return value | 0
}
