// Tells how long this person waited: numbers alone, when the page is hidden or left. One view in ten loads this.
import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'

type Vital = 'cls' | 'fcp' | 'inp' | 'lcp' | 'ttfb' | 'vote'

const measured = new Map<Vital, number>()

const note = (vital: Vital, value: number, most: number): void => {
  measured.set(vital, Math.round(Math.min(most, Math.max(0, value)) * 10_000) / 10_000)
}
const seconds =
  (vital: Vital) =>
  ({ value }: Metric): void =>
    note(vital, value / 1_000, 60)

const tell = (): void => {
  if (measured.size === 0) return
  const body = new Blob([JSON.stringify(Object.fromEntries(measured))], { type: 'application/json' })
  measured.clear()
  navigator.sendBeacon('/v1/rum', body)
}

onCLS(({ value }) => note('cls', value, 10))
onFCP(seconds('fcp'))
onINP(seconds('inp'))
onLCP(seconds('lcp'))
onTTFB(seconds('ttfb'))
// A ballot is what the page's script fetches from the form's own address; each try of it is one.
const ballots = document.querySelector('form')?.action
new PerformanceObserver((list) => {
  for (const entry of list.getEntriesByType('resource') as PerformanceResourceTiming[]) // the only type observed
    if (entry.initiatorType === 'fetch' && entry.name === ballots) note('vote', entry.duration / 1_000, 60)
}).observe({ type: 'resource', buffered: true })
// After the library's own listeners, which tell what they know at this moment.
addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') tell()
})
addEventListener('pagehide', tell)
