// The golden signals as a few lines for a person at a terminal.
import type { Signals, Traffic } from './golden-signals.ts'

export const shownSignals = (signals: Signals, url: string): string => {
  const span =
    signals.seconds === null ? 'since the counters began' : `the last ${signals.seconds.toFixed(0)} s`
  return [
    `edgepoll at ${url}, ${span}; ${signals.isolates} isolates heard of`,
    '',
    '            count       /s    failed       p50       p99',
    `requests  ${row(signals.requests)}`,
    `ballots   ${row(signals.ballots)}`,
    '',
    `results   ${signals.resultsAgeP99Seconds === null ? 'nobody read any' : `99 % at most ${duration(signals.resultsAgeP99Seconds)} old`}`,
    `counted   ${signals.counted} in all, ${waiting(signals)}`,
    `viewers   ${signals.sockets} sockets`,
    `trouble   ${trouble(signals)}`,
  ].join('\n')
}

const waiting = ({ unarchived, archiveLagSeconds }: Signals): string =>
  unarchived === 0
    ? 'all of them in Postgres'
    : `${unarchived} not in Postgres, the oldest of them for ${duration(archiveLagSeconds)}`

const row = ({ count, perSecond, failed, p50Seconds, p99Seconds }: Traffic): string =>
  [
    String(count).padStart(7),
    (perSecond === null ? '–' : perSecond.toFixed(1)).padStart(8),
    (failed === null ? '–' : `${(failed * 100).toFixed(2)} %`).padStart(9),
    duration(p50Seconds).padStart(9),
    duration(p99Seconds).padStart(9),
  ].join(' ')

const trouble = ({ shed, bugs, open }: Signals): string => {
  const said = [
    ...(shed > 0 ? [`${shed} turned away`] : []),
    ...(bugs > 0 ? [`${bugs} unexpected errors`] : []),
    ...(open.length > 0 ? [`breakers open: ${open.join(', ')}`] : []),
  ]
  return said.length === 0 ? 'none' : said.join('; ')
}

const duration = (seconds: number | null): string => {
  if (seconds === null) return '–'
  if (seconds < 1) return `${(seconds * 1_000).toFixed(seconds < 0.01 ? 1 : 0)} ms`
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`
}
