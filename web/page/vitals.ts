// Tells how long this person waited, of one view in ten: numbers alone, once, when the page is left or hidden.
import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'

const sampled = 0.1

type Vital = 'cls' | 'fcp' | 'inp' | 'lcp' | 'ttfb' | 'vote'

const measured = new Map<Vital, number>()

/** Begins to measure, or does nothing: nobody waits for it, and nothing of the page needs it. */
export const measureVitals = (): void => {
  if (Math.random() >= sampled) return
  const seconds =
    (vital: Vital) =>
    ({ value }: Metric): void =>
      void measured.set(vital, bounded(value / 1_000, 60))
  onCLS(({ value }) => void measured.set('cls', bounded(value, 10)))
  onFCP(seconds('fcp'))
  onINP(seconds('inp'))
  onLCP(seconds('lcp'))
  onTTFB(seconds('ttfb'))
  // After the library's own listeners, which tell what they know at the same moment.
  addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') setTimeout(tell)
  })
  addEventListener('pagehide', tell)
  telling = true
}

/** How long a ballot was under way. The last one of a view is told. */
export const measureVote = (beganMs: number): void => {
  if (telling) measured.set('vote', bounded((performance.now() - beganMs) / 1_000, 60))
}

let telling = false

const tell = (): void => {
  if (measured.size === 0) return
  const body = new Blob([JSON.stringify(Object.fromEntries(measured))], { type: 'application/json' })
  measured.clear()
  navigator.sendBeacon('/v1/rum', body)
}

const bounded = (value: number, most: number): number =>
  Math.round(Math.min(most, Math.max(0, value)) * 10_000) / 10_000
