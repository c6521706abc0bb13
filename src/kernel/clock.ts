// Time as an argument: the only page that may read the wall clock.

/** Milliseconds since the epoch, UTC. */
export interface Clock {
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that never runs back, whatever the one below it does: it repeats its highest reading instead.
 *  `floor` is the latest time already written down. */
export const monotonic = (clock: Clock, floor = 0): Clock => {
  let highest = floor
  return {
    now: () => {
      highest = Math.max(highest, clock.now())
      return highest
    },
  }
}
