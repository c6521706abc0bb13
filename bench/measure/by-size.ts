// The same read of little and of much, in turns: how its time grows with what there is.
import { spreadOf } from '../rounds.ts'
import type { RowContext } from '../row.ts'

/** Median ms by size. */
export type EachSize = Readonly<Record<string, number>>

/** What the largest took, of what the smallest did. */
export const growth = (round: EachSize): number => {
  const sizes = Object.keys(round).map(Number)
  const of = (size: number) => round[String(size)] ?? Number.NaN
  return of(Math.max(...sizes)) / of(Math.min(...sizes))
}

/** In every round the sizes take turns read by read, so that a busy moment hits them alike.
 *  A round before the first warms up what has never run. */
export const timed = async (
  { rounds, seconds, say }: RowContext,
  what: string,
  read: (size: number) => Promise<void>,
  sizes: readonly number[],
): Promise<readonly EachSize[]> => {
  const measured: EachSize[] = []
  for (let round = 0; round <= rounds; round++) {
    const times = new Map<number, number[]>(sizes.map((size) => [size, []]))
    const untilMs = performance.now() + (seconds * 1000) / 2
    for (let turn = 0; turn < sizes.length || performance.now() < untilMs; turn++) {
      // another one begins each time
      const size = sizes[(turn + Math.floor(turn / sizes.length)) % sizes.length] ?? 0
      const startMs = performance.now()
      await read(size)
      pick(times, size).push(performance.now() - startMs)
    }
    if (round === 0) continue
    const each = sizes.map((size) => [String(size), spreadOf(pick(times, size)).median] as const)
    measured.push(Object.fromEntries(each))
    say(`${what}, round ${round}: ${each.map(([size, ms]) => `${size}: ${ms.toFixed(2)} ms`).join(', ')}`)
  }
  return measured
}

export const pick = <Each>(of: ReadonlyMap<number, Each>, size: number): Each => {
  const found = of.get(size)
  if (found === undefined) throw new RangeError(`nothing of ${size} was made`)
  return found
}
