// One report for several sinks. A sink that fails keeps nothing from the others, nor from who reported.
import type { Report } from '../application/events.ts'

export const fanOut =
  (...sinks: readonly Report[]): Report =>
  (event) => {
    for (const sink of sinks) {
      try {
        sink(event)
      } catch {
        // What cannot be told is lost; what it tells of must not be.
      }
    }
  }
