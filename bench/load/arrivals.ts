// When requests are meant to be sent: a Poisson process, as many people who know nothing of each other make.
import type { Random } from './seeded-random.ts'

/** The intended times in milliseconds after the start, ever later, without end. The mean gap is 1000 / perSecond.
 *
 *  @example poissonArrivals(500, seededRandom(1)).next().value // about 2 */
export function* poissonArrivals(perSecond: number, random: Random): Generator<number, never> {
  if (!(perSecond > 0)) throw new RangeError(`Arrivals need a rate above 0 a second, not ${perSecond}.`)
  let atMs = 0
  for (;;) {
    atMs -= (Math.log(1 - random()) * 1000) / perSecond
    yield atMs
  }
}
